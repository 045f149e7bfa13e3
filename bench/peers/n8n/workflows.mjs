// The workflows that n8n runs, as its import takes them.

const node = (name, type, typeVersion, parameters) => ({ id: name, name, type: `n8n-nodes-base.${type}`, typeVersion, position: [0, 0], parameters });
const webhook = (path, responseMode) => ({ ...node('hook', 'webhook', 2, { httpMethod: 'POST', path, responseMode, options: {} }), webhookId: path });
const field = (name, type, value) => ({ id: name, name, type, value });
const set = (name, ...assignments) => node(name, 'set', 3.4, { assignments: { assignments }, options: {} });
const decide = (name, approved) =>
  set(name, field('customer', 'string', '={{ $json.customer }}'), field('total', 'number', '={{ $json.total }}'), field('approved', 'boolean', approved));
const isLarge = node('route', 'if', 2.2, {
  conditions: {
    options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
    combinator: 'and',
    conditions: [{ id: 'large', leftValue: '={{ $json.total }}', rightValue: 1000, operator: { type: 'number', operation: 'gt' } }],
  },
  options: {},
});

const to = (...names) => names.map((name) => ({ node: name, type: 'main', index: 0 }));
const workflow = (id, nodes, connections) => ({
  id,
  name: id,
  nodes,
  connections: Object.fromEntries(Object.entries(connections).map(([from, outputs]) => [from, { main: outputs }])),
  settings: { executionOrder: 'v1' },
});

export const workflows = [
  workflow(
    'three-steps',
    [
      webhook('three-steps', 'lastNode'),
      set('price', field('customer', 'string', '={{ $json.body.customer }}'), field('total', 'number', '={{ $json.body.quantity * $json.body.unit_price }}')),
      isLarge,
      decide('ask', false),
      decide('accept', true),
    ],
    { hook: [to('price')], price: [to('route')], route: [to('ask'), to('accept')] },
  ),
  workflow('one-step', [webhook('one-step', 'onReceived'), set('only', field('done', 'boolean', true))], { hook: [to('only')] }),
  workflow('nap', [webhook('nap', 'onReceived'), node('wait', 'wait', 1.1, { resume: 'timeInterval', amount: 1, unit: 'hours' })], { hook: [to('wait')] }),
];
