// What three parts of the API would answer if one request came after the other: models for
// tests/support/linearizability.mjs.
//
// What only the server knows (the id of a run, the version of a record) is unknown while nobody was told
// of it: it is `null` in a state, and bound by the first answer that has it.

function boundRun(run, { id, body }) {
  return run !== null && run.body === body && (run.id === null || run.id === id) ? [{ body, id }] : [];
}

/**
 * Starting a run under one idempotency key.
 *   start {body}   ok {id, body}; refused (422): the key was used with another body
 *   find {id}      ok {id, body}; refused (404): there is no such run
 */
export const startModel = {
  init: null,
  step(state, { input, outcome, answer }) {
    if (input.do === 'find') {
      if (outcome === 'unknown') return [];
      if (outcome === 'refused') return state === null ? [state] : [];
      return boundRun(state, answer);
    }
    if (outcome === 'unknown') return state === null ? [{ body: input.body, id: null }] : [];
    if (outcome === 'refused') return state !== null && state.body !== input.body ? [state] : [];
    if (answer.body !== input.body) return [];
    return state === null ? [{ body: answer.body, id: answer.id }] : boundRun(state, answer);
  },
  key: (state) => (state === null ? 'none' : `${state.id ?? 'some run'} of ${state.body}`),
};

/** What an answer makes of an approval. */
const statusAfter = { approve: 'approved', reject: 'rejected' };

/**
 * One approval that is pending at first; `by` tells answers apart.
 *   approve {by}, reject {by}   ok {status, by}; refused (409): it was answered already
 *   read                        ok {status, by}
 */
export const approvalModel = {
  init: { status: 'pending', by: null },
  step(state, { input, outcome, answer }) {
    const same = answer && answer.status === state.status && answer.by === state.by;
    if (input.do === 'read') return outcome === 'ok' && same ? [state] : [];
    const isPending = state.status === 'pending';
    if (outcome === 'refused') return isPending ? [] : [state];
    if (!isPending) return [];
    const next = { status: statusAfter[input.do], by: input.by };
    return outcome === 'unknown' || (answer.status === next.status && answer.by === next.by) ? [next] : [];
  },
  key: (state) => `${state.status} by ${state.by}`,
};

function boundVersion(record, version) {
  if (record.version !== null) return record.version === version ? [record] : [];
  return version > record.above ? [{ ...record, version }] : [];
}

/** Whether the condition of a write holds. */
function fits(record, { do: what, basis }) {
  if (what === 'create') return record === null;
  if (record === null || record.by !== basis.by) return false;
  return record.version === null ? basis.version > record.above : record.version === basis.version;
}

/**
 * A record with a number, which is changed by whoever names the version that it has. Each write carries a
 * token of its own, `by`, so that states are told apart even where the number is the same.
 *   create {by, n}         ok {by, n, version}; refused (412): it is there
 *   write {basis, by, n}   ok {by, n, version}; refused (412): it is no longer `basis` ({by, version}, as it was read)
 *   read                   ok {by, n, version}; refused (404): it is not there
 * Versions grow. One that nobody has read yet is only known to be above an older one.
 */
export const counterModel = {
  init: null,
  step(state, { input, outcome, answer }) {
    if (input.do === 'read') {
      if (outcome === 'unknown') return [];
      if (outcome === 'refused') return state === null ? [state] : [];
      return state !== null && state.by === answer.by && state.n === answer.n ? boundVersion(state, answer.version) : [];
    }
    if (outcome === 'refused') return fits(state, input) ? [] : [state];
    if (!fits(state, input)) return [];
    const above = state === null ? 0 : input.basis.version;
    const next = { by: input.by, n: input.n, version: null, above };
    if (outcome === 'unknown') return [next];
    return answer.by === input.by && answer.n === input.n ? boundVersion(next, answer.version) : [];
  },
  key: (state) => (state === null ? 'none' : `${state.n} by ${state.by} version ${state.version ?? `above ${state.above}`}`),
};

export const models = { start: startModel, approval: approvalModel, counter: counterModel };

/** Ids that were given out under more than one key: no key's own history can show that. */
export function sharedRuns(operations) {
  const keysOf = new Map();
  for (const { model, key, answer } of operations) {
    if (model !== 'start' || !answer?.id) continue;
    const keys = keysOf.get(answer.id) ?? new Set();
    keysOf.set(answer.id, keys.add(key));
  }
  return [...keysOf].filter(([, keys]) => keys.size > 1).map(([id, keys]) => `run ${id} was given to ${[...keys].join(' and ')}`);
}
