import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { queuePeer } from '../queue_peer.mjs';

export default queuePeer(dirname(fileURLToPath(import.meta.url)), 'pg-boss', 'pg-boss', 'the job; no workflow, no journal; taken and completed 500 at a time');
