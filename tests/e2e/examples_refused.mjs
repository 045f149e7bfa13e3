// The specification's examples that this version cannot run, and what it says of each: the construct
// by name, at its place.

const container = { told: 'run: container', at: '/do/0/runContainer/run/container' };
const listen = (task) => ({ told: 'listen', at: `/do/0/${task}/listen` });
const asyncapi = (task) => ({ told: 'call: asyncapi', at: `/do/0/${task}/call` });

export const refused = {
  'accumulate-room-readings': [
    listen('consumeReading'),
    { told: 'call: openapi', at: '/do/1/logReading/do/0/callOrderService/call' },
    { told: 'call: openapi', at: '/do/2/generateReport/call' },
  ],
  'authentication-oauth2-secret': [
    { told: 'use.secrets', at: '/use/secrets' },
    { told: 'oauth2 authentication', at: '/do/0/getPet/with/endpoint/authentication/oauth2' },
  ],
  'authentication-oidc': [{ told: 'oidc authentication', at: '/do/0/getPet/with/endpoint/authentication/oidc' }],
  'call-asyncapi-publish': [asyncapi('findPet')],
  'call-asyncapi-subscribe-consume-forever-foreach': [asyncapi('getNotifications')],
  'call-asyncapi-subscribe-consume-while': [asyncapi('getNotifications')],
  'call-custom-function-inline': [
    { told: 'use.functions', at: '/use/functions' },
    { told: 'call of the function "getPetById"', at: '/do/0/getPet/call' },
  ],
  'call-grpc': [{ told: 'call: grpc', at: '/do/0/greet/call' }],
  'call-mcp': [{ told: 'call: mcp', at: '/do/0/publishMessageToSlack/call' }],
  'call-openapi': [{ told: 'call: openapi', at: '/do/0/findPet/call' }],
  emit: [{ told: 'emit', at: '/do/0/emitEvent/emit' }],
  for: [{ told: 'listen', at: '/do/0/checkup/do/0/waitForCheckup/listen' }],
  fork: [{ told: 'fork', at: '/do/0/raiseAlarm/fork' }],
  'listen-to-all': [listen('callDoctor')],
  'listen-to-any': [listen('callDoctor')],
  'listen-to-any-forever-foreach': [listen('listenToGossips')],
  'listen-to-any-until-condition': [listen('callDoctor')],
  'listen-to-one': [listen('waitForStartup')],
  'mock-service-extension': [{ told: 'use.extensions', at: '/use/extensions' }],
  'run-container': [container],
  'run-container-cleanup-always': [container],
  'run-container-stdin-and-arguments': [{ ...container, at: '/do/1/runContainer/run/container' }],
  'run-container-with-pull-policy': [container],
  'run-return-code': [container],
  'run-return-none': [container],
  'run-script-with-stdin-and-arguments': [{ told: 'run: script', at: '/do/0/runScript/run/script' }],
  'run-shell-stdin-and-arguments': [{ told: 'run: shell', at: '/do/1/runShell/run/shell' }],
  'schedule-cron': [{ told: 'schedule', at: '/schedule' }],
  'schedule-event-driven': [{ told: 'schedule', at: '/schedule' }],
  set: [{ told: 'schedule', at: '/schedule' }],
  'try-catch-then': [{ told: 'emit', at: '/do/0/tryGetPet/catch/do/0/notifySupport/emit' }],
};
