// The workflow of the kill test, and what a run of it must have done.

/** YAML of the workflow; `service` is the address of tests/support/http_service.mjs. */
export function killWorkflow(service) {
  return `document:
  dsl: '1.0.3'
  namespace: e2e
  name: kill
  version: '1.0.0'
do:
  - first:
      call: http
      with:
        method: post
        endpoint: ${service}/echo
        body:
          step: '\${ "\\($workflow.input.number)/first" }'
  - pause:
      wait:
        milliseconds: 200
  - careful:
      try:
        - flaky:
            call: http
            with:
              method: post
              endpoint: ${service}/flaky/kill?fail=2
              body:
                step: '\${ "\\($workflow.input.number)/flaky" }'
      catch:
        errors:
          with:
            type: https://serverlessworkflow.io/spec/1.0.0/errors/communication
            status: 503
        retry:
          delay:
            milliseconds: 40
          backoff:
            exponential: {}
          limit:
            attempt:
              count: 6
  - rooms:
      for:
        each: room
        in: '\${ ["a", "b"] }'
      do:
        - visit:
            call: http
            with:
              method: put
              endpoint: ${service}/pet/7
              body:
                step: '\${ "\\($workflow.input.number)/room-\\($room)" }'
  - finish:
      set:
        number: '\${ $workflow.input.number }'
        done: true
`;
}

export const stepsOf = (number) => ['first', 'flaky', 'room-a', 'room-b'].map((place) => `${number}/${place}`);
export const outputOf = (number) => ({ number, done: true });
/** Deliveries that a step needs without any crash: the flaky one fails twice first. */
export const deliveriesOf = (step) => (step.endsWith('/flaky') ? 3 : 1);
