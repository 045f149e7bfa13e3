// A backup of a store that has grown: one real run of a real backup, as often as it takes, each with an id
// and times of its own.
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const dashed = (id) => `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
const latin = (hex) => Buffer.from(hex, 'hex').toString('latin1');
const hex = (text) => Buffer.from(text, 'latin1').toString('hex');

/** A UUIDv7 of that moment, as 32 digits. */
export function makeId(time_us) {
  const random = randomBytes(10);
  random[0] = (random[0] & 0x0f) | 0x70;
  random[2] = (random[2] & 0x3f) | 0x80;
  return Math.floor(time_us / 1000).toString(16).padStart(12, '0') + random.toString('hex');
}

const zonedTime = (time_us) => `${new Date(Math.floor(time_us / 1000)).toISOString().slice(0, -1)}${String(time_us % 1000).padStart(3, '0')}Z`;
const readTime = (text) => Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26));

/** LEB128 of a time as the feed has it (zigzag of a number that is not negative: twice it). */
export function feedTime(time_us) {
  const bytes = [];
  let left = BigInt(time_us) * 2n;
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  return Buffer.from(bytes).toString('latin1');
}

const parts = {
  dashedId: (run) => dashed(run.id),
  plainId: (run) => run.id,
  hexId: (run) => hex(dashed(run.id)),
};

/**
 * What makes lines like this one: a function of {id, shift_us, events}. `id` is the pattern's id, and `events`
 * how many events of the feed are before it; times of the pattern are moved by `shift_us`.
 */
export function lineMaker(row, id) {
  const [table] = row;
  const bytesAt = { journal: 4, snapshots: 4, feed: 5 }[table];
  const pieces = [];
  const inText = (text, wrap, withFeedTime) => {
    const words = [dashed(id), id, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z', '(?<!\\d)1[5-9]\\d{14}(?!\\d)'];
    if (withFeedTime) words.push(`^\\x01\\x01${withFeedTime}`);
    const found = new RegExp(words.join('|'), 'g');
    let from = 0;
    for (const { 0: word, index } of text.matchAll(found)) {
      pieces.push(wrap(text.slice(from, index)));
      from = index + word.length;
      if (word === dashed(id)) pieces.push(wrap === hex ? parts.hexId : parts.dashedId);
      else if (word === id) pieces.push(parts.plainId);
      else if (word.endsWith('Z')) pieces.push((run) => wrap(zonedTime(readTime(word) + run.shift_us)));
      else if (word.startsWith('\x01')) pieces.push((run) => wrap(`\x01\x01${feedTime(row[4] + run.shift_us)}`));
      else pieces.push((run) => wrap(String(Number(word) + run.shift_us)));
    }
    pieces.push(wrap(text.slice(from)));
  };
  row.forEach((cell, i) => {
    pieces.push(i === 0 ? '[' : ',');
    if (i === bytesAt) {
      pieces.push('"');
      const text = latin(cell);
      inText(text, hex, table === 'feed' ? feedTime(row[4]).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : undefined);
      pieces.push('"');
    } else if (table === 'feed' && (i === 2 || i === 3)) pieces.push((run) => String(cell + run.events));
    else inText(JSON.stringify(cell), (text) => text);
  });
  pieces.push(']\n');
  const merged = pieces.reduce((all, piece) => {
    if (typeof piece === 'string' && typeof all.at(-1) === 'string') all[all.length - 1] += piece;
    else all.push(piece);
    return all;
  }, []);
  return (run) => {
    let line = '';
    for (const piece of merged) line += typeof piece === 'string' ? piece : piece(run);
    return line;
  };
}

const ofRun = { runs: 2, journal: 2, snapshots: 2, timers: 2 };

/** The pattern: the backup's lines by table, and the rows of its newest run that has a journal. */
export async function readPattern(file) {
  const lines = [];
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) lines.push(JSON.parse(line));
  const header = lines.shift();
  lines.pop();
  const id = lines.filter(([table]) => table === 'journal').at(-1)[2];
  const isItsOwn = (row) =>
    row[0] === 'feed' ? latin(row[5]).includes(dashed(id)) : row[ofRun[row[0]]] === id;
  return { header, rows: lines, id, own: lines.filter(isItsOwn) };
}

/**
 * Writes a backup with `runs` more runs like that of the pattern, `between_us` apart, the last of them an hour
 * ago. Answers the rows by table.
 */
export async function writeGrown(file, pattern, runs, between_us) {
  const created_us = pattern.own.find(([table]) => table === 'runs')[9];
  const last_us = (Date.now() - 3_600_000) * 1000;
  const ownOf = (table) => pattern.own.filter((row) => row[0] === table);
  const before = Math.max(0, ...pattern.rows.filter(([table]) => table === 'feed').map((row) => row[3]));
  const ownFeed = ownOf('feed');
  const eventsOfOne = ownFeed.reduce((sum, row) => sum + row[3] - row[2] + 1, 0);
  const ids = [];
  const shifts = [];
  for (let i = 0; i < runs; i += 1) {
    const time_us = last_us - (runs - i) * between_us;
    ids.push(makeId(time_us));
    shifts.push(time_us - created_us);
  }
  // The pattern's own events may have others between them; those of its likes have not.
  let events = before;
  const feed = ownFeed.map((row) => {
    const count = row[3] - row[2] + 1;
    events += count;
    return [row[0], row[1], events - count + 1, events, ...row.slice(4)];
  });

  const out = createGzip({ level: 1 });
  const done = finished(out.pipe(createWriteStream(file)));
  let text = `${JSON.stringify(pattern.header)}\n`;
  const flush = async () => {
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  };
  const counts = {};
  const add = async (table, line) => {
    text += line;
    counts[table] = (counts[table] ?? 0) + 1;
    if (text.length > 1 << 20) await flush();
  };
  for (const table of new Set(pattern.rows.map(([name]) => name))) {
    for (const row of pattern.rows.filter(([name]) => name === table)) {
      const told = table === 'tenants' ? [...row.slice(0, 3), before + eventsOfOne * runs, ...row.slice(4)] : row;
      await add(table, `${JSON.stringify(told)}\n`);
    }
    const makers = (table === 'feed' ? feed : ownOf(table)).map((row) => lineMaker(row, pattern.id));
    for (let i = 0; makers.length > 0 && i < runs; i += 1)
      for (const make of makers) await add(table, make({ id: ids[i], shift_us: shifts[i], events: i * eventsOfOne }));
  }
  text += `${JSON.stringify({ end: counts })}\n`;
  await flush();
  out.end();
  await done;
  return counts;
}
