// A small business for the tests of agents: who ordered something late is reminded.

/** An agent that writes to every customer whose order is late, another that only writes things down. */
export function shopPack(governance = {}) {
  return {
    pack: 'shop',
    version: '1.0.0',
    title: 'A shop',
    settings: { zone: 'UTC', currency: 'EUR', language: 'en' },
    governance: {
      levels: { reminder: 'full_auto', offer: 'supervised', price: 'manual_only', note: 'full_auto', ask_note: 'supervised' },
      rules: [{ decision_type: 'reminder', field: 'discount_percent', above: 20, level: 'manual_only' }],
      quiet_hours: { from: '00:00', to: '00:00' },
      ...governance,
    },
    collections: [
      { name: 'customers', schema: { type: 'object' } },
      {
        name: 'orders', managed: true, indexes: [{ name: 'by_state', fields: ['state'] }],
        schema: { type: 'object', required: ['state'], properties: { total: { type: 'number', minimum: 0 } } },
      },
      { name: 'tallies', managed: true, schema: { type: 'object' } },
      { name: 'gaps', managed: true, schema: { type: 'object' }, indexes: [{ name: 'by_start', fields: ['start_time'] }] },
    ],
    agents: [
      {
        name: 'reminder', title: 'Reminds', task_type: 'remind', every_minutes: 5,
        observe: { late: { collection: 'orders', filter: { state: 'late' }, limit: 100 } },
        decide: {
          rule: `if (.observed.late | any(.data.broken)) then error("an order is broken") else {
            proposals: [.observed.late[] | {decision_type: .data.type, key: .id, summary: ("Remind of " + .id), reasons: ["it is late"],
              customer_id: .data.customer, trigger_id: .id, trigger_type: "order", revenue: 10, action_taken: "outreach_initiated",
              act: {outreach: {outreach_type: "reminder", template: "hello", fields: {order: .id}}}}],
            writes: [.observed.late[] | {collection: "orders", id: .id, merge: {state: "reminded"}, if_version: .version}],
            events: [.observed.late[] | {event: "ORDER_LATE", subject: ("orders/" + .id), data: {order: .id}}]} end`,
        },
      },
      {
        name: 'idler', title: 'Does nothing', every_minutes: 60, decide: { rule: '{}' },
      },
    ],
    actions: [
      {
        name: 'order', title: 'Order something',
        schema: { type: 'object', required: ['id'], additionalProperties: true, properties: { id: { type: 'string', minLength: 1 }, total: { type: 'number' } } },
        observe: { same: { collection: 'orders', id: '{trigger.body.id}' } },
        decide: {
          rule: `if .trigger.body.id == "nowhere" then {refused: {status: 404, detail: "there is no such thing"}}
            elif .trigger.body.id == "odd" then {refused: {status: 422, detail: "this is odd", field: "/id"}}
            elif (.observed.same | length) > 0 and .trigger.body.force != true then {refused: {status: 409, detail: "it is taken"}}
            else {writes: [{collection: "orders", id: .trigger.body.id, data: (.trigger.body | del(.id, .force))}], answer: {ordered: .trigger.body.id}} end`,
        },
      },
      {
        name: 'tally', title: 'Count one more',
        observe: { tally: { collection: 'tallies', id: '{trigger.body.name}' } },
        decide: {
          rule: `((.observed.tally[0].data.count // 0) + 1) as $count
            | {writes: [{collection: "tallies", id: .trigger.body.name, data: {count: $count}}], answer: {count: $count}}`,
        },
      },
      { name: 'write', title: 'Write what is asked for', decide: { rule: '{writes: [.trigger.body.write], answer: {done: true}}' } },
      { name: 'broken', title: 'Breaks', decide: { rule: 'error("as it was meant to")' } },
    ],
    answers: {
      decide: {
        rule: `(.trigger.text == "yes") as $yes | {
          outcomes: [{decision_id: .trigger.outreach.decision_id, status: (if $yes then "success" else "rejected" end), revenue: (if $yes then 10 else 0 end)}],
          writes: [{collection: "outreach", id: .trigger.outreach.id, merge: {response: {action: .trigger.text}}}],
          messages: (if $yes then [{customer_id: .trigger.outreach.customer_id, outreach_type: "reminder", template: "thanks", reply_to: .trigger.outreach.id, fields: {}}] else [] end)}`,
      },
    },
    templates: [
      { name: 'hello', texts: { en: 'Order {order} is late', de: 'Bestellung {order} fehlt' } },
      { name: 'thanks', texts: { en: 'Thank you' } },
    ],
  };
}
