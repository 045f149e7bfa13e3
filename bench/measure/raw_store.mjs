// The store without a server: SQLite alone and Steward's store, committing groups of finished runs.
import { watchMachine } from './machine.mjs';
import { launch } from './server.mjs';

/** `binary` is store_commit; answers its figures, one object for each kind and size of group. */
export async function measureRawStore(binary, folder, seconds) {
  const machine = watchMachine();
  const child = launch(binary, [folder, String(seconds)], ['ignore', 'pipe', 'inherit']);
  let text = '';
  child.stdout.on('data', (bytes) => (text += bytes));
  const closed = new Promise((resolve) => child.stdout.on('close', resolve));
  const { code } = await child.ended;
  await closed;
  if (code !== 0) throw new Error(`store_commit ended with ${code}`);
  return { figures: text.trim().split('\n').map((line) => JSON.parse(line)), ...machine() };
}
