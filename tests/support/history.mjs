// What concurrent clients did and were told, with the times of one monotonic clock: what
// linearizability.mjs judges.

/** Errors of connections that were never made: nobody can have heard the request. */
const neverMade = new Set(['ECONNREFUSED', 'ENOENT', 'EADDRNOTAVAIL']);

/**
 * What an answer of the API says about its request. Only what was answered definitely has a definite end:
 * a server that says 503 or 429, or breaks, may have begun.
 */
export function outcomeOf({ status }) {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return 'refused';
  return 'unknown';
}

/** What a request without an answer says about itself. */
export function outcomeOfError(error) {
  return neverMade.has(error.code) && error.syscall === 'connect' ? 'unsent' : 'unknown';
}

export class History {
  constructor({ now = () => performance.now() } = {}) {
    this.now = now;
    this.operations = [];
  }

  /**
   * Records `about` ({process, model, key, input}) around `ask`, which does it and gives the HTTP answer;
   * `read` makes of that what the model looks at. Answers the record, which is in the history from its call on.
   */
  async record(about, ask, read = (answer) => answer.json) {
    const operation = { ...about, call: this.now(), return: null, outcome: 'unknown' };
    this.operations.push(operation);
    let answer;
    try {
      answer = await ask();
    } catch (error) {
      operation.outcome = outcomeOfError(error);
      operation.why = error.code ?? error.message;
      return operation;
    }
    const at = this.now();
    const outcome = outcomeOf(answer);
    operation.why = answer.status;
    if (outcome === 'unknown') return operation;
    operation.answer = outcome === 'ok' ? read(answer) : { status: answer.status };
    operation.return = at;
    operation.outcome = outcome;
    return operation;
  }

  /** How many operations of each model had which outcome. */
  counts() {
    return countBy(this.operations, (op) => op.model, (op) => op.outcome);
  }

  /** Why operations have no answer, or none that tells: statuses and errors. */
  reasons() {
    return countBy(this.operations.filter((op) => op.outcome === 'unknown' || op.outcome === 'unsent'), (op) => op.outcome, (op) => op.why);
  }
}

function countBy(operations, outer, inner) {
  const counts = {};
  for (const op of operations) {
    const of = (counts[outer(op)] ??= {});
    of[inner(op)] = (of[inner(op)] ?? 0) + 1;
  }
  return counts;
}

/** One operation a line. */
export function toLines(operations) {
  return operations.map((op) => `${JSON.stringify(op)}\n`).join('');
}

export function fromLines(text) {
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
}
