// Whether what came is what was expected, as a list of sentences about where it is not.

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const shown = (value) => (value === undefined ? 'nothing' : JSON.stringify(value)).slice(0, 300);

/** Words that an expectation may use in a value's place: {$word: argument}. */
const words = {
  $any: () => true,
  $absent: (_, actual) => actual === undefined,
  $matches: (pattern, actual) =>
    new RegExp(pattern, 'u').test(typeof actual === 'string' ? actual : JSON.stringify(actual)),
  $oneOf: (values, actual) => values.some((value) => differences(value, actual).length === 0),
  $has: (part, actual) =>
    isObject(actual) &&
    Object.entries(part).every(([name, value]) => differences(value, actual[name]).length === 0),
  $unordered: (items, actual) => {
    if (!Array.isArray(actual) || actual.length !== items.length) return false;
    const left = [...actual];
    return items.every((item) => {
      const at = left.findIndex((one) => differences(item, one).length === 0);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  },
};

function wordOf(expected) {
  if (!isObject(expected)) return undefined;
  const names = Object.keys(expected);
  return names.length === 1 && Object.hasOwn(words, names[0]) ? names[0] : undefined;
}

/** All differences; none if `actual` equals `expected`, whose words (`$matches`, ...) stand for values. */
export function differences(expected, actual, place = '') {
  const word = wordOf(expected);
  if (word)
    return words[word](expected[word], actual)
      ? []
      : [`${place || 'it'} is ${shown(actual)}, not ${shown(expected)}`];
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length)
    return expected.flatMap((item, i) => differences(item, actual[i], `${place}/${i}`));
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].flatMap((name) =>
      differences(expected[name], actual[name], `${place}/${name}`),
    );
  }
  if (Object.is(expected, actual) || (expected === 0 && actual === 0)) return [];
  return [`${place || 'it'} is ${shown(actual)}, not ${shown(expected)}`];
}

/** Differences in the members that are expected; others are free. */
export function memberDifferences(expected, actual, place = '') {
  if (!isObject(actual)) return [`${place || 'it'} is ${shown(actual)}, not ${shown(expected)}`];
  return Object.entries(expected).flatMap(([name, value]) =>
    differences(value, actual[name], `${place}/${name}`),
  );
}

/** Prefixes of one and the same error type, by the specification's releases and its conformance kit. */
const family =
  /^https:\/\/(?:serverlessworkflow\.io|open-workflow-specification\.org)\/(?:spec\/[\d.]+\/errors|dsl\/errors\/types|errors\/types)\/([\w-]+)$/;

/** Differences between an expected error and the one that came: members that are not expected are free. */
export function errorDifferences(expected, actual) {
  const { type, ...rest } = expected;
  const out = memberDifferences(rest, actual, '/error');
  if (type === undefined || typeof type !== 'string')
    return type ? [...out, ...differences(type, actual?.type, '/error/type')] : out;
  const [wanted, came] = [family.exec(type)?.[1], family.exec(actual?.type ?? '')?.[1]];
  const same = type === actual?.type || (wanted !== undefined && wanted === came);
  return same ? out : [`/error/type is ${shown(actual?.type)}, not ${shown(type)}`, ...out];
}
