// The specification's examples that this version cannot run, and what it says of each: the construct
// by name, at its place.

const container = { told: 'run: container is turned off', at: '/do/0/runContainer/run/container' };
const asyncapi = (task) => ({ told: 'call: asyncapi is not supported', at: `/do/0/${task}/call` });

export const refused = {
  'call-asyncapi-publish': [asyncapi('findPet')],
  'call-asyncapi-subscribe-consume-forever-foreach': [asyncapi('getNotifications')],
  'call-asyncapi-subscribe-consume-while': [asyncapi('getNotifications')],
  'call-grpc': [{ told: 'call: grpc is not supported', at: '/do/0/greet/call' }],
  'call-mcp': [{ told: 'call: mcp is not supported', at: '/do/0/publishMessageToSlack/call' }],
  'run-container': [container],
  'run-container-cleanup-always': [container],
  'run-container-stdin-and-arguments': [{ ...container, at: '/do/1/runContainer/run/container' }],
  'run-container-with-pull-policy': [container],
  'run-return-code': [container],
  'run-return-none': [container],
  'run-script-with-stdin-and-arguments': [
    { told: 'run: script is turned off', at: '/do/0/runScript/run/script' },
  ],
  'run-shell-stdin-and-arguments': [{ told: 'run: shell is turned off', at: '/do/1/runShell/run/shell' }],
};
