// The same small answer from Steward's HTTP server and from nginx, in turns: CPU for each request.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, round, sleep, watchMachine } from './machine.mjs';
import { watchCpu } from './process_cpu.mjs';
import { launch, statusOf, stop } from './server.mjs';
import { load } from './wrk.mjs';

const clients = 64;

function nginxConfig(folder, port) {
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  server_tokens off;
  keepalive_requests 1000000000;
  default_type application/json;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    location / { return 200 '{"status":"ok"}'; }
  }
}
`;
}

async function listening(port) {
  for (let i = 0; i < 500; i += 1) {
    if ((await statusOf(port, '/')) === 200) return;
    await sleep(10);
  }
  throw new Error(`nobody answers on port ${port}`);
}

/** `binary` is http_constant. Ports from `port` on are used. */
export async function measureConstantAnswer(binary, folder, port, { rounds, seconds, say }) {
  const own = join(folder, 'nginx');
  mkdirSync(own);
  writeFileSync(join(own, 'nginx.conf'), nginxConfig(own, port + 2));
  const servers = [
    { name: 'steward', port, child: launch(binary, [String(port), 'direct'], ['pipe', 'ignore', 'inherit']) },
    { name: 'steward, from another thread', port: port + 1, child: launch(binary, [String(port + 1), 'thread'], ['pipe', 'ignore', 'inherit']) },
    { name: 'nginx', port: port + 2, child: launch('nginx', ['-p', own, '-c', join(own, 'nginx.conf')], ['ignore', 'ignore', 'inherit']) },
  ];
  try {
    for (const s of servers) {
      await listening(s.port);
      s.seen = [];
    }
    for (let i = 0; i < rounds; i += 1)
      for (const s of servers) {
        const machine = watchMachine();
        const cpu = watchCpu(s.child.pid);
        const seen = await load(folder, `http://127.0.0.1:${s.port}/`, {}, { clients, seconds });
        const used = cpu().cpu_us;
        s.seen.push({ cpu_us: used / seen.requests, per_s: seen.requests / seen.seconds, ...machine(used) });
        say(`${s.name}: ${round(s.seen.at(-1).cpu_us, 2)} us CPU, ${round(s.seen.at(-1).per_s)} answers/s`);
      }
  } finally {
    for (const s of servers) await stop(s.child).catch(() => {});
  }
  const figures = servers.map((s) => ({
    server: s.name,
    cpu_us_per_answer: round(median(s.seen.map((x) => x.cpu_us)), 2),
    answers_per_s: round(median(s.seen.map((x) => x.per_s))),
    steal_pct: round(median(s.seen.map((x) => x.steal_pct)), 1),
    others_pct: round(median(s.seen.map((x) => x.others_pct)), 1),
  }));
  return { clients, figures, ratio: round(figures[0].cpu_us_per_answer / figures[2].cpu_us_per_answer, 2) };
}
