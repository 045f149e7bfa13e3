// What the specification's examples do that this version runs: what goes in, what the world answers,
// what the world is asked, and how the run ends. Hosts are told as the first part of the path.

const pet = { id: 10, name: 'Rex', status: 'available' };
const get = (path, query, headers) => ({ method: 'GET', path, query, headers, body: '' });
const getPet = (id, headers = {}) => get(`/petstore.swagger.io/v2/pet/${id}`, {}, headers);
const answerPet = () => ({ body: pet });
const people = { count: 1, results: [{ name: 'Luke Skywalker' }] };
const getPeople = (headers = {}) => get('/swapi.dev/api/people/', { search: 'Luke' }, headers);

/** Type of an error of the specification, matched by its last part: its prefix has two families. */
const specified = (kind) => new RegExp(`/errors/${kind}$`);

/** The child that run-subflow.yaml starts. */
const registerCustomer = `document:
  dsl: '1.0.3'
  namespace: test
  name: register-customer
  version: '0.1.0'
do:
  - register:
      set:
        registered: \${ .customer }
`;

const seconds = (from, to) => (text) => text.replace(`seconds: ${from}`, to);
const order = (input, output) => ({ file: 'switch-then-string', input, output });

/**
 * file    of the example, without .yaml
 * case    which of several, where an example is run more than once
 * edit    of the text, to shorten what takes long
 * input, with (definitions of children)
 * answer  of the service: (request, number of the request from 1) -> {status, body, headers}
 * output  of a run that completes; error: {type, status, instance, title, detail} of one that faults
 * asked   the requests; of the headers, those that matter
 */
export const supported = [
  { file: 'do-single', input: { petId: 10 }, answer: answerPet, output: pet, asked: [getPet(10)] },
  {
    file: 'call-http-endpoint-interpolation',
    input: { petId: 10 }, answer: answerPet, output: pet,
    asked: [getPet(10, { 'content-type': 'application/json' })],
  },
  {
    file: 'call-http-query-headers-expressions',
    input: { searchQuery: 'Luke' }, answer: () => ({ body: people }), output: people,
    asked: [getPeople({ accept: 'application/json' })],
  },
  {
    file: 'call-http-query-headers-expressions', case: 'input that its schema refuses',
    input: { query: 'Luke' },
    error: { type: specified('validation'), status: 400 },
  },
  {
    file: 'call-http-redirect', input: { searchQuery: 'Luke' },
    answer: ({ path }) => (path.endsWith('/people/')
      ? { status: 302, headers: { location: '/swapi.dev/moved/people?search=Luke' } }
      : { body: people }),
    output: people,
    asked: [getPeople(), { ...getPeople(), path: '/swapi.dev/moved/people' }],
  },
  {
    file: 'conditional-task', case: 'the condition holds',
    input: { customer: { name: 'Tim', age: 17 }, bet: { match: 1 } },
    error: {
      type: /^https:\/\/superbet-casinos\.com\/customer\/access-forbidden$/, status: 400,
      title: 'Access Forbidden', instance: '/do/0/raiseErrorIfUnderage',
    },
  },
  {
    // ".customer" without ${ } is text, as the specification's strict mode wants it.
    file: 'conditional-task', case: 'the condition does not hold',
    input: { customer: { name: 'Ann', age: 18 }, bet: { match: 1 } },
    answer: () => ({ status: 201, body: { placed: true } }), output: { placed: true },
    asked: [{
      method: 'POST', path: '/superbet-casinos.com/api/bet/on/football', query: {},
      headers: { 'content-type': 'application/json' }, body: { customer: '.customer', bet: '.bet' },
    }],
  },
  {
    file: 'for-inline-array', input: {},
    output: {
      processed: [{ name: 'red', hex: '#FF0000' }, { name: 'green', hex: '#00FF00' }, { name: 'blue', hex: '#0000FF' }],
    },
  },
  {
    file: 'raise-inline', input: {},
    error: {
      type: /^https:\/\/serverlessworkflow\.io\/errors\/not-implemented$/, status: 500, title: 'Not Implemented',
      detail: "The workflow 'raise-not-implemented:0.1.0' is a work in progress and cannot be run yet",
      instance: '/do/0/notImplemented',
    },
  },
  {
    file: 'run-subflow', input: { user: 'Ada' }, with: [registerCustomer],
    output: { registered: '.user' },
  },
  { ...order({ orderType: 'electronic' }, { validate: true, status: 'fulfilled' }), case: 'the first case' },
  { ...order({ orderType: 'physical' }, { inventory: 'clear', items: 1, address: 'Elmer St' }), case: 'the second case' },
  { ...order({ orderType: 'gift' }, { log: 'warn', message: "something's wrong" }), case: 'the default' },
  { file: 'try-catch', case: 'nothing to catch', input: { petId: 10 }, answer: answerPet, output: pet, asked: [getPet(10)] },
  {
    file: 'try-catch', case: 'the error that is caught', input: { petId: 11 },
    answer: () => ({ status: 404, body: { message: 'no such pet' } }), output: { petId: 11 }, asked: [getPet(11)],
  },
  {
    file: 'try-catch', case: 'another error', input: { petId: 11 },
    answer: () => ({ status: 500, body: { message: 'out of order' } }), asked: [getPet(11)],
    error: { type: specified('communication'), status: 500, instance: '/do/0/tryGetPet/try/0/getPet' },
  },
  {
    file: 'try-catch-retry-inline', case: 'three failures', edit: seconds(3, 'milliseconds: 20'), input: { petId: 10 },
    answer: (_, number) => (number <= 3 ? { status: 503, body: {} } : { body: pet }),
    output: pet, asked: Array(4).fill(getPet(10)), sameIdempotencyKey: true,
  },
  {
    file: 'try-catch-retry-inline', case: 'failures without end', edit: seconds(3, 'milliseconds: 5'), input: { petId: 10 },
    answer: () => ({ status: 503, body: {} }), asked: Array(6).fill(getPet(10)),
    error: { type: specified('communication'), status: 503 },
  },
  {
    file: 'wait-duration-inline', edit: seconds(30, 'milliseconds: 700'), input: { kept: [1, 2.5, null] },
    output: { kept: [1, 2.5, null] }, atLeast_ms: 700,
  },
  {
    file: 'authentication-bearer', input: { token: 's3cret' }, answer: answerPet, output: pet,
    asked: [getPet(1, { authorization: 'Bearer s3cret' })],
  },
  {
    file: 'authentication-reusable', input: { token: 's3cret', petId: 10 }, answer: answerPet, output: pet,
    asked: [getPet(10, { authorization: 'Bearer s3cret' })],
  },
];
