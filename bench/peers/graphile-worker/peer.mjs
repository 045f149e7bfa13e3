import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { queuePeer } from '../queue_peer.mjs';

export default queuePeer(dirname(fileURLToPath(import.meta.url)), 'graphile-worker', 'Graphile Worker', 'the job, gone when done; no workflow, no journal; taken 500 at a time');
