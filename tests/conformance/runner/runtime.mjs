// The runtime under test, as the suites see it. The only file that knows Steward: another runtime's
// driver offers the same methods.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Client, sleep } from '../../support/client.mjs';
import { openFeed } from '../../support/sse.mjs';
import { StewardProcess } from '../../support/steward_process.mjs';

process.setMaxListeners(0); // each server's process has a listener for the exit, and there are many
const ended = new Set(['completed', 'faulted', 'cancelled']);
const poll_ms = 10;

/** Secrets as files that the server reads: <folder>/default/<name>, a value that is no text as JSON. */
function writeSecrets(folder, secrets) {
  mkdirSync(join(folder, 'default'), { recursive: true });
  for (const [name, value] of Object.entries(secrets)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    writeFileSync(join(folder, 'default', name), text, { mode: 0o600 });
  }
  return folder;
}

/** What the operator settles before the start, in the words of the server's configuration. */
function settingsOf(
  { connect_to, ca_file, secrets, switches = [], callTimeout, allowedHosts },
  folder,
) {
  const settings = {};
  const calls = {
    ...(connect_to && { connect_to, ca_bundle: ca_file }),
    ...(allowedHosts && { allowed_hosts: allowedHosts }),
    ...(callTimeout && { timeout_ms: callTimeout }),
  };
  if (Object.keys(calls).length > 0) settings.http_client = calls;
  if (secrets) settings.secrets = { directory: writeSecrets(join(folder, 'secrets'), secrets) };
  if (switches.length > 0)
    settings.workflow = { allow: Object.fromEntries(switches.map((name) => [name, true])) };
  return settings;
}

export class Runtime {
  #process;
  #client;

  constructor(binary, settled = {}) {
    this.#process = new StewardProcess(binary);
    const settings = settingsOf(settled, this.#process.folder);
    if (Object.keys(settings).length === 0) return;
    const file = join(this.#process.folder, 'settings.yaml');
    writeFileSync(file, stringify(settings));
    this.#process.args = ['--config', file];
  }

  async start() {
    await this.#process.start();
    this.#client = new Client(this.#process.url);
  }

  /** {reference} of a definition that was taken, {problems: [{pointer, detail, line, column}]} of one that was refused. */
  async deploy(text) {
    const answer = await this.#ask('POST', '/api/v1/workflows', text, 'application/yaml');
    if (answer.status === 200 || answer.status === 201) return { reference: answer.json };
    if (answer.json?.errors) return { problems: answer.json.errors };
    if (answer.status === 400 && answer.json)
      return { problems: [{ pointer: '', detail: answer.json.detail }] };
    throw new Error(`deploying was answered with ${answer.status}: ${answer.text}`);
  }

  /** Starts a run and answers its id. */
  async start_run({ namespace, name, version }, input) {
    const path = `/api/v1/workflows/${namespace}/${name}/runs?version=${encodeURIComponent(version)}`;
    const answer = await this.#ask('POST', path, JSON.stringify(input ?? {}), 'application/json');
    if (![200, 201, 202].includes(answer.status))
      throw new Error(`starting was answered with ${answer.status}: ${answer.text}`);
    return answer.json.id;
  }

  /** {id, status, output, error} of a run, as it is now. */
  async run(id) {
    return (await this.#ask('GET', `/api/v1/runs/${id}`)).json;
  }

  /** A moment to let it work, between two looks. */
  moment() {
    return sleep(poll_ms);
  }

  /** The run once `holds(run)`; throws when that takes longer than the patience. */
  async until(id, holds, patience_ms) {
    const deadline = Date.now() + patience_ms;
    for (;;) {
      const run = await this.run(id);
      if (holds(run)) return run;
      if (Date.now() > deadline)
        throw new Error(`the run is still ${run.status} after ${patience_ms} ms`);
      await this.moment();
    }
  }

  /** The run at its end. */
  end_of(id, patience_ms = 10_000) {
    return this.until(id, (run) => ended.has(run.status), patience_ms);
  }

  /** The runs of a workflow, oldest first. */
  async runs_of({ namespace, name }) {
    const items = await this.#client.all(`/api/v1/runs?workflow=${namespace}/${name}`);
    return items.sort((a, b) => a.created_at.localeCompare(b.created_at));
  }

  async cancel(id) {
    await this.#ask('POST', `/api/v1/runs/${id}/cancel`, '', 'application/json');
  }

  async publish(event) {
    const answer = await this.#ask(
      'POST',
      '/api/v1/events',
      JSON.stringify(event),
      'application/cloudevents+json',
    );
    if (answer.status !== 202)
      throw new Error(`an event was answered with ${answer.status}: ${answer.text}`);
  }

  /** What the run's tasks did, in order: [{type: 'started', task: pointer, name, data}]. */
  async history(id) {
    const answer = await this.#ask('GET', `/api/v1/runs/${id}/events`);
    return answer.json.items.map(({ type, task, data }) => ({
      type: /\.(\w+)\.v1$/.exec(type)?.[1] ?? type,
      task,
      name: data?.name,
      data,
    }));
  }

  /** Types of the CloudEvents about a run that has ended, in order. */
  lifecycle(id) {
    const types = [];
    return new Promise((resolve, reject) => {
      const feed = openFeed(this.#process.url, {
        after: 0,
        onEvent: ({ type, subject }) => {
          if (subject !== `runs/${id}`) return;
          types.push(type);
          if (!/workflow\.(?:completed|faulted|cancelled)\.v1$/.test(type)) return;
          resolve(types);
          feed.close();
        },
      });
      feed.ended.then((why) => reject(new Error(`the feed ended: ${why}`)));
    });
  }

  /** What a crash does: it is gone at once, and started again with what it kept. */
  async crash() {
    this.#client.close();
    await this.#process.kill();
    await this.start();
  }

  /** Ends it. Its log's end, for a report of what went wrong. */
  async stop() {
    this.#client?.close();
    await this.#process.kill();
    const log = this.#process.logTail(1000);
    this.#process.remove();
    return log;
  }

  #ask(method, path, body, type) {
    return this.#client.insist(
      method,
      path,
      { headers: type ? { 'content-type': type } : {}, body },
      10_000,
    );
  }
}

/** Calls `work(runtime)` with a runtime of its own; what goes wrong carries the end of its log. */
export async function withRuntime(binary, settled, work) {
  const runtime = new Runtime(binary, settled);
  try {
    await runtime.start();
    return await work(runtime);
  } finally {
    await runtime.stop();
  }
}
