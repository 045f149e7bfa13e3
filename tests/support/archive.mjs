// What `steward backup` writes, read and written line by line: gzip of a header, a JSON array for each
// row, and a last line that counts them.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Where the columns that tests look at are in a line; the table's name is at 0. */
export const at = {
  tenants: { newestEvent: 3, newestInInbox: 4 },
  runs: { tenant: 1, id: 2, workflow: 3, status: 5, input: 6, output: 7, error: 8, created: 9, started: 10, ended: 11, attempts: 12, parent: 13 },
  journal: { run: 2, seq: 3, entry: 4 },
  snapshots: { run: 2, seq: 3, state: 4 },
  timers: { run: 2, due: 4 },
  keys: { key: 2, run: 3 },
  feed: { first: 2, last: 3, events: 5 },
  collections: { name: 3, newestVersion: 9 },
  records: { collection: 2, id: 3, version: 4, data: 7 },
  record_history: { id: 3, version: 4, data: 7 },
};

const statuses = ['pending', 'running', 'waiting', 'suspended', 'cancelled', 'faulted', 'completed'];
export const statusOf = (run) => statuses[run[at.runs.status]];

export const bytesOf = (hex) => Buffer.from(hex, 'hex').toString('utf8');
export const hexOf = (text) => Buffer.from(text, 'utf8').toString('hex');
/** A run's id as a backup has it. */
export const plainId = (id) => id.replaceAll('-', '');

/** {header, rows, end}; throws unless the file is a whole backup. */
export function readBackup(file) {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  const header = lines.shift();
  const { end } = lines.pop();
  if (header.steward !== 'backup' || !end) throw new Error(`${file} is no whole backup`);
  return { header, rows: lines, end };
}

export const rowsOf = (backup, table) => backup.rows.filter((row) => row[0] === table);

export function countRows(rows) {
  const counts = {};
  for (const [table] of rows) counts[table] = (counts[table] ?? 0) + 1;
  return counts;
}

/** The file of these parts; `end` counts the rows unless it is given. */
export function writeBackup(file, { header, rows, end = countRows(rows) }) {
  writeFileSync(file, gzipSync([header, ...rows, { end }].map((line) => `${JSON.stringify(line)}\n`).join('')));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/**
 * The rows as sorted lines, to compare stores of both engines: the order of rows is the engine's own, and
 * so is the form in which it keeps a record's data.
 */
export function comparable(backup) {
  return backup.rows
    .map((row) => {
      const data = at[row[0]]?.data;
      if (data === undefined || row[data] === null) return JSON.stringify(row);
      return JSON.stringify(row.map((cell, i) => (i === data ? sorted(JSON.parse(cell)) : cell)));
    })
    .sort();
}
