// How a stand-in answers: by a script that is data.

/** The answers of one way: one for each time it is asked, the last for all that follow. */
function turns(answers) {
  const list = [answers].flat();
  let asked = 0;
  return () => list[Math.min(asked++, list.length - 1)];
}

/**
 * `script` is {"METHOD /path": answer or list of answers}; a path may end in `*`. An answer is
 * {status, headers, body, bytes, delay, broken}: `bytes` is a body in base64, `delay` in ms, `broken`
 * means that the connection is closed instead. Answers a function from a request to its answer.
 */
export function scripted(script) {
  const ways = Object.entries(script).map(([way, answers]) => ({ way, next: turns(answers) }));
  return ({ method, path }) => {
    const asked = `${method} ${path}`;
    const fits = ({ way }) =>
      way === asked || (way.endsWith('*') && asked.startsWith(way.slice(0, -1)));
    return ways.find(fits)?.next() ?? { status: 404, body: { message: 'nothing is here' } };
  };
}
