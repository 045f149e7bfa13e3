// How the operations of linearizable_models.mjs are asked of the API. For each model:
//   uses             after how many operations a subject makes room for a new one
//   open(ask, name)  makes a subject: {key, ...}, what operations are about; undefined: not now
//   choose(random, subject, token)   an operation's input; `token` is the operation's own
//   request(subject, input)          {method, path, body, headers}
//   read(answer, input)              what the model looks at
//   learn(subject, operation)        what later operations may know of this one
//   last(subject, token)             an operation that shows where it ended
//   refusals         for each operation the statuses with which it may be refused
import { between } from '../support/random.mjs';

const oneOf = (random, items) => items[between(random, 0, items.length - 1)];

export const workflow = `document: {dsl: '1.0.3', namespace: linear, name: start, version: '1.0.0'}
do:
  - done: {set: {ok: true}}
`;

export const startRequests = {
  uses: 30,
  refusals: { start: [422], find: [] },
  open: async (ask, name) => ({ key: name, ids: [] }),
  choose(random, { ids }) {
    if (ids.length > 0 && random() < 0.4) return { do: 'find', id: oneOf(random, ids) };
    return { do: 'start', body: oneOf(random, ['x', 'x', 'y']) };
  },
  request({ key }, input) {
    if (input.do === 'find') return { method: 'GET', path: `/runs/${input.id}` };
    return { method: 'POST', path: '/workflows/linear/start/runs', body: { body: input.body }, headers: { 'idempotency-key': key } };
  },
  read: ({ json }) => ({ id: json.id, body: json.input.body }),
  learn({ ids }, { outcome, answer }) {
    if (outcome === 'ok' && !ids.includes(answer.id)) ids.push(answer.id);
  },
  last: () => ({ do: 'start', body: 'x' }),
};

/** An agent of whose decisions a person is asked, as often as the test likes. */
export const pack = {
  pack: 'linear',
  version: '1.0.0',
  settings: { zone: 'UTC' },
  governance: {
    levels: { ask: 'supervised' },
    limits: { hourly_actions: 100_000, daily_actions: 100_000 },
    approvals: { expire_minutes: 600, escalate_minutes: 600 },
  },
  collections: [{ name: 'granted', managed: true, schema: { type: 'object' } }],
  agents: [{ name: 'asker', every_minutes: 1440, decide: { rule: '{}' } }],
};
export const agentLimits = { max_hourly_actions: 100_000, max_daily_actions: 100_000 };

export const approvalRequests = {
  uses: 16,
  refusals: { approve: [409], reject: [409], read: [] },
  async open(ask, name) {
    // With something to do the decision is over once it is approved: there are only so many open ones.
    const act = { writes: [{ collection: 'granted', id: name, data: { by: name } }] };
    const body = { agent_name: 'asker', decision_type: 'ask', summary: name, act };
    const answer = await ask({ method: 'POST', path: '/autonomous/decisions', body });
    return answer.status === 201 ? { key: answer.json.approval.approval_id } : undefined;
  },
  choose: (random, subject, token) => (random() < 0.5 ? { do: 'read' } : { do: oneOf(random, ['approve', 'reject']), by: token }),
  request({ key }, input) {
    const path = `/autonomous/approvals/${key}`;
    if (input.do === 'read') return { method: 'GET', path };
    return { method: 'POST', path: `${path}/action`, body: { action: input.do, responded_by: input.by } };
  },
  read: ({ json }) => ({ status: json.status, by: json.response.responded_by }),
  learn() {},
  last: () => ({ do: 'read' }),
};

export const counterRequests = {
  uses: 300,
  refusals: { create: [412], write: [412], read: [404] },
  open: async (ask, name) => ({ key: name, seen: [] }),
  choose(random, { seen }, token) {
    const chance = random();
    if (chance < (seen.length > 0 ? 0.02 : 0.6)) return { do: 'create', by: token, n: 0 };
    if (chance < 0.5 || seen.length === 0) return { do: 'read' };
    // Mostly what was seen last; now and then something older, which must be refused.
    const { n, by, version } = random() < 0.9 ? seen.at(-1) : seen[0];
    return { do: 'write', method: oneOf(random, ['PUT', 'PATCH']), basis: { by, version }, by: token, n: n + 1 };
  },
  request({ key }, input) {
    const path = `/records/linear/${key}`;
    if (input.do === 'read') return { method: 'GET', path };
    const body = { n: input.n, by: input.by };
    if (input.do === 'create') return { method: 'PUT', path, body, headers: { 'if-none-match': '*' } };
    return { method: input.method, path, body, headers: { 'if-match': `"${input.basis.version}"` } };
  },
  read: ({ json }) => ({ n: json.data.n, by: json.data.by, version: json.version }),
  learn(subject, { outcome, answer }) {
    if (outcome !== 'ok' || answer.version <= (subject.seen.at(-1)?.version ?? 0)) return;
    subject.seen = [...subject.seen.slice(-3), answer];
  },
  last: () => ({ do: 'read' }),
};

export const requests = { start: startRequests, approval: approvalRequests, counter: counterRequests };

/** Answers that no moment excuses: refusals of the wrong kind, and what the server itself calls its fault. */
export function surprises(operations) {
  const isExpected = ({ model, input, outcome, why }) => {
    if (outcome === 'refused') return requests[model].refusals[input.do].includes(why);
    return outcome !== 'unknown' || typeof why !== 'number' || [429, 503].includes(why);
  };
  return operations.filter((op) => !isExpected(op)).map((op) => `${op.model} ${op.key}: ${JSON.stringify(op.input)} was answered with ${op.why}`);
}
