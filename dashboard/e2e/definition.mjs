// The workflow of the end-to-end test: no network, two seconds long, one of each shape.

/** Where `broken` is wrong, counting from 1: at the task that is none, or at its unknown key. */
export const brokenLines = [7, 8];
export const orderInput = { total: 120, items: ["kettle", "teapot", "cups"] };
/** Leads to a wait that is long enough to suspend and cancel the run in it. */
export const slowInput = { ...orderInput, total: 5000 };

export function definition(name) {
  const good = `document:
  dsl: '1.0.3'
  namespace: e2e
  name: ${name}
  version: '0.1.0'
do:
  - checkTotal:
      switch:
        - nothing:
            when: .total == 0
            then: refuse
        - large:
            when: .total > 1000
            then: askSomeone
        - something:
            then: each
  - each:
      for:
        each: item
        in: .items
      do:
        - pack:
            set: \${ . }
  - prepare:
      do:
        - unpack: { set: { ready: 1 } }
        - clean: { set: { ready: 2 } }
        - sort: { set: { ready: 3 } }
        - label: { set: { ready: 4 } }
        - stack: { set: { ready: 5 } }
  - pause:
      wait: { seconds: 2 }
  - guarded:
      try:
        - fail:
            raise:
              error:
                type: https://steward.example/errors/on-purpose
                status: 418
                title: On purpose
                detail: raised on purpose
      catch:
        do:
          - repair:
              set:
                repaired: true
  - close:
      set:
        closed: true
      then: end
  - refuse:
      raise:
        error:
          type: https://steward.example/errors/empty
          status: 422
          title: Empty order
          detail: there is nothing to pay
  - askSomeone:
      wait: { seconds: 60 }
      then: end
`;
  return { good, broken: good.replace("      switch:", "      swich:") };
}
