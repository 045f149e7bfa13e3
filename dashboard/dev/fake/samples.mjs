// Workflows the fake server knows from the start, and inputs that keep it busy.
export const samples = [
  {
    weight: 5,
    input: () => ({
      order: { id: `A-${1000 + Math.floor(Math.random() * 9000)}`, total: Math.floor(Math.random() * 400), currency: "EUR" },
      items: ["kettle", "teapot", "cups"].slice(0, 1 + Math.floor(Math.random() * 3)),
    }),
    text: `document:
  dsl: '1.0.3'
  namespace: shop
  name: fulfil-order
  version: '1.4.0'
  title: Fulfil an order
input:
  schema:
    document:
      type: object
      required: [order, items]
      properties:
        order:
          type: object
          properties:
            id: { type: string }
            total: { type: number }
            currency: { type: string, default: EUR }
        items:
          type: array
          items: { type: string }
do:
  - checkStock:
      for:
        each: item
        in: .items
      do:
        - reserve:
            call: http
            with:
              method: post
              endpoint: https://stock.example/reservations
  - chargeCustomer:
      try:
        - authorize:
            call: http
            with:
              method: post
              endpoint: https://pay.example/v2/authorizations
        - capture:
            call: http
            with:
              method: post
              endpoint: https://pay.example/v2/captures
      catch:
        errors:
          with:
            status: 503
        retry:
          delay: { milliseconds: 400 }
          backoff:
            exponential: {}
          limit:
            attempt: { count: 3 }
        do:
          - releaseStock:
              call: http
              with:
                method: delete
                endpoint: https://stock.example/reservations
          - giveUp:
              raise:
                error:
                  type: https://shop.example/errors/payment
                  status: 402
                  title: Payment failed
                  detail: The payment service did not answer after 3 attempts.
  - routeByValue:
      switch:
        - valuable:
            when: .order.total > 250
            then: askManager
        - ordinary:
            then: ship
  - askManager:
      wait: { seconds: 6 }
  - ship:
      fork:
        branches:
          - bookCourier:
              call: http
              with:
                method: post
                endpoint: https://courier.example/bookings
          - tellCustomer:
              do:
                - render:
                    set:
                      subject: Your order is on its way
                - send:
                    call: http
                    with:
                      method: post
                      endpoint: https://mail.example/messages
  - closeOrder:
      set:
        closed: true
`,
  },
  {
    weight: 3,
    input: () => ({ customer: `c-${Math.floor(Math.random() * 900)}`, score: Math.floor(Math.random() * 100) }),
    text: `document:
  dsl: '1.0.3'
  namespace: salon
  name: win-back-customer
  version: '0.3.1'
  title: Win a customer back
do:
  - score:
      call: http
      with:
        method: get
        endpoint: https://crm.example/score
  - decide:
      switch:
        - likely:
            when: .score >= 60
            then: sendOffer
        - unlikely:
            when: .score < 20
            then: end
        - perhaps:
            then: sendNews
  - sendOffer:
      call: http
      with:
        method: post
        endpoint: https://mail.example/offers
      then: end
  - sendNews:
      wait: { seconds: 3 }
      then: end
`,
  },
  {
    weight: 2,
    input: () => ({ day: "2026-11-21" }),
    text: `document:
  dsl: '1.0.3'
  namespace: finance
  name: reconcile-payouts
  version: '2.0.0'
  title: Reconcile payouts
do:
  - fetchStatement:
      call: http
      with:
        method: get
        endpoint: https://bank.example/statements/today
  - compare:
      set:
        matched: 41
        open: 2
  - settle:
      wait: PT12S
`,
  },
];
