// The flows that Node-RED runs, as its flows file has them.

const tab = 'bench';
const node = (id, type, wires, rest = {}) => ({ id, type, z: tab, x: 0, y: 0, name: id, wires, ...rest });
const httpIn = (id, method, url, next) => node(id, 'http in', [[next]], { method, url, upload: false, swaggerDoc: '' });
const code = (id, func, ...next) => node(id, 'function', next.map((n) => [n].flat()), { func, outputs: next.length, timeout: 0, initialize: '', finalize: '', libs: [] });
const answer = node('answer', 'http response', [], { statusCode: '200', headers: { 'content-type': 'application/json' } });
const setApproved = (id, approved) =>
  node(id, 'change', [['answer']], { rules: [{ t: 'set', p: 'payload.approved', pt: 'msg', to: String(approved), tot: 'bool' }] });

const threeSteps = [
  httpIn('order', 'post', '/three-steps', 'price'),
  code('price', 'const o = msg.payload;\nmsg.payload = { customer: o.customer, total: o.quantity * o.unit_price };\nreturn msg;', 'route'),
  node('route', 'switch', [['ask'], ['accept']], {
    property: 'payload.total', propertyType: 'msg', checkall: 'false', repair: false, outputs: 2,
    rules: [{ t: 'gt', v: '1000', vt: 'num' }, { t: 'else' }],
  }),
  setApproved('ask', false),
  setApproved('accept', true),
];

/** Answers at once and lets one message go for each of `count`. */
const startMany = (name, next) => [
  httpIn(`${name} batch`, 'post', `/${name}/batch`, `${name} inputs`),
  code(`${name} inputs`, 'const inputs = Array.from({ length: msg.payload.count }, (_, number) => ({ number }));\nreturn [{ payload: inputs }, { ...msg, payload: { started: inputs.length } }];', `${name} split`, 'answer'),
  node(`${name} split`, 'split', [[next]], { splt: '\\n', spltType: 'str', arraySplt: 1, arraySpltType: 'len', stream: false, addname: '' }),
];

const count = (name, then) => `global.set('${name}', (global.get('${name}') || 0) + 1);\n${then}`;

export const flows = [
  { id: tab, type: 'tab', label: 'bench', disabled: false, info: '' },
  answer,
  ...threeSteps,
  ...startMany('one-step', 'only'),
  code('only', count('finished', 'return null;')),
  ...startMany('nap', 'doze'),
  code('doze', count('waiting', 'return msg;'), 'hour'),
  node('hour', 'delay', [[]], { pauseType: 'delay', timeout: '1', timeoutUnits: 'hours', rate: '1', nbRateUnits: '1', rateUnits: 'second', randomFirst: '1', randomLast: '5', randomUnits: 'seconds', drop: false, allowrate: false, outputs: 1 }),
  httpIn('ask counts', 'get', '/counts', 'counts'),
  code('counts', "msg.payload = { finished: global.get('finished') || 0, waiting: global.get('waiting') || 0 };\nreturn msg;", 'answer'),
];
