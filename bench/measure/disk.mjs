// What the disk takes to make 32 KiB durable: about what one commit of a lone run writes.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median, round } from './machine.mjs';

const block = Buffer.alloc(32 * 1024, 'x');
const times = 150;

/** Median microseconds of write and fdatasync: at the end of a growing file, and over old bytes. */
export function measureDisk(folder) {
  const path = join(folder, 'disk');
  const file = openSync(path, 'w');
  const timed = (place) => {
    const took = [];
    for (let i = 0; i < times; i += 1) {
      const from = process.hrtime.bigint();
      writeSync(file, block, 0, block.length, place(i));
      fdatasyncSync(file);
      took.push(Number(process.hrtime.bigint() - from) / 1000);
    }
    return round(median(took));
  };
  const append_us = timed((i) => i * block.length);
  const overwrite_us = timed((i) => i * block.length);
  closeSync(file);
  rmSync(path);
  return { append_us, overwrite_us };
}
