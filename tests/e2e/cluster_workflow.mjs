// The workflow of the cluster's chaos test, and what a run of it must have done.
//
// A run adds up, in its context, what a counting service says that each of its steps is worth. It has two
// branches: one wakes again and again from a timer, the other waits for a word (a CloudEvent) that is meant
// for this run. A run that is `held` then waits for a word that is meant for all.

/** YAML of the workflow; `service` is the address of tests/support/counting_service.mjs. */
export function chaosWorkflow(service) {
  const count = (step) => `call: http
with:
  method: post
  endpoint: ${service}/count
  body:
    step: '\${ ${step} }'
export:
  as: '\${ $context + {total: (($context.total // 0) + .amount)} }'`;
  const at = (depth, text) => text.replaceAll('\n', `\n${' '.repeat(depth)}`);
  return `document:
  dsl: '1.0.3'
  namespace: e2e
  name: chaos
  version: '1.0.0'
do:
  - first:
      ${at(6, count('"\\($workflow.input.number)/first"'))}
  - both:
      fork:
        branches:
          - laps:
              for:
                each: lap
                in: '\${ [range($workflow.input.laps)] }'
              do:
                - rest:
                    wait: '\${ {milliseconds: $workflow.input.rest_ms} }'
                - visit:
                    ${at(20, count('"\\($workflow.input.number)/lap-\\($lap)"'))}
          - word:
              do:
                - hear:
                    listen:
                      to:
                        one:
                          with:
                            type: chaos.word
                          correlate:
                            number:
                              from: '\${ .data.number }'
                              expect: '\${ $workflow.input.number }'
                - heard:
                    ${at(20, count('"\\($workflow.input.number)/heard"'))}
  - last:
      switch:
        - held:
            when: '\${ $workflow.input.held }'
            then: wait
        - otherwise:
            then: finish
  - wait:
      listen:
        to:
          one:
            with:
              type: chaos.finish
  - finish:
      set:
        number: '\${ $workflow.input.number }'
        total: '\${ $context.total }'
`;
}

/** The steps of the run that was started with this input. */
export function stepsOf({ number, laps }) {
  const visits = Array.from({ length: laps }, (_, lap) => `${number}/lap-${lap}`);
  return [`${number}/first`, ...visits, `${number}/heard`];
}
