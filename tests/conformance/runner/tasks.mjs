// What a history tells of tasks: their order, and how they ended.

const outcomes = ['completed', 'faulted', 'cancelled'];

/** Whether the task at `pointer` is inside the one at `outer`. */
const inside = (pointer, outer) => pointer.startsWith(`${outer}/`);

export class TaskHistory {
  #steps;

  constructor(history) {
    this.#steps = history.filter(({ task }) => task);
  }

  /** Names in the order in which tasks started; one that started again is told again. */
  started() {
    return this.#starts().map(({ name }) => name);
  }

  /** Problems with: `name` started before all tasks but those around it. */
  first(name) {
    const starts = this.#starts();
    const at = starts.findIndex((step) => step.name === name);
    if (at < 0) return [this.#notRun(name)];
    const before = starts.slice(0, at).filter(({ task }) => !inside(starts[at].task, task));
    return before.length === 0
      ? []
      : [`${name} ran after ${before.map((step) => step.name).join(', ')}`];
  }

  /** Problems with: after `name` none but the tasks inside it started. */
  last(name) {
    const starts = this.#starts();
    const at = starts.findLastIndex((step) => step.name === name);
    if (at < 0) return [this.#notRun(name)];
    const after = starts.slice(at + 1).filter(({ task }) => !inside(task, starts[at].task));
    return after.length === 0
      ? []
      : [`${name} ran before ${after.map((step) => step.name).join(', ')}`];
  }

  /** Problems with: `one` started before `other` did. */
  before(one, other) {
    const names = this.started();
    const missing = [one, other].filter((name) => !names.includes(name));
    if (missing.length > 0) return missing.map((name) => this.#notRun(name));
    return names.indexOf(one) < names.indexOf(other)
      ? []
      : [`${one} did not run before ${other}: ${names.join(', ')}`];
  }

  /** {type, output, error} of how a task ended last, or undefined. */
  outcome(name) {
    const step = this.#steps.findLast((one) => one.name === name && outcomes.includes(one.type));
    return step && { type: step.type, output: step.data?.output, error: step.data?.error };
  }

  #starts() {
    return this.#steps.filter(({ type }) => type === 'started');
  }

  #notRun(name) {
    return `${name} did not run; there ran ${this.started().join(', ') || 'nothing'}`;
  }
}
