// Load from wrk: one thread, so that it takes no more than one core beside what is measured.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const marker = 'steward-bench ';

/** A wrk script that sends one request over and over and prints its summary as JSON. */
export function wrkScript({ method = 'GET', headers = {}, body = '' }) {
  const quoted = (text) => JSON.stringify(text).replace(/\\u00/g, '\\x');
  const assigned = Object.entries(headers).map(([name, value]) => `wrk.headers[${quoted(name)}] = ${quoted(value)}\n`);
  return `wrk.method = ${quoted(method)}
${assigned.join('')}${body ? `wrk.body = ${quoted(body)}\n` : ''}
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('${marker}{"requests":%d,"seconds":%.6f,"p50_us":%d,"p99_us":%d,"max_us":%d,' ..
    '"bad_status":%d,"broken":%d}\\n', summary.requests, summary.duration / 1e6, latency:percentile(50),
    latency:percentile(99), latency.max, e.status, e.connect + e.read + e.write + e.timeout))
end
`;
}

/** The summary in wrk's output; throws when there is none. */
export function readSummary(output) {
  const line = output.split('\n').find((text) => text.startsWith(marker));
  if (!line) throw new Error(`wrk printed no summary:\n${output}`);
  return JSON.parse(line.slice(marker.length));
}

/** Loads `url` for `seconds`. Throws unless every answer was a 2xx or 3xx. */
export async function load(folder, url, request, { clients, seconds }) {
  const script = join(folder, 'wrk.lua');
  writeFileSync(script, wrkScript(request));
  const output = await new Promise((resolve, reject) => {
    const wrk = spawn('wrk', ['-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url]);
    let text = '';
    for (const stream of [wrk.stdout, wrk.stderr]) stream.on('data', (bytes) => (text += bytes));
    wrk.on('error', reject);
    wrk.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`wrk ended with ${code}: ${text}`))));
  });
  const summary = readSummary(output);
  if (summary.bad_status || summary.broken)
    throw new Error(`${summary.bad_status} answers of ${url} were no success, ${summary.broken} requests broke`);
  return summary;
}
