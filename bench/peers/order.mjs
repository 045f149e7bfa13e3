// The business of the three steps, for peers whose steps are JavaScript: the same as Steward's workflow
// in ../measure/sync_runs.mjs.

export const price = (order) => ({ customer: order.customer, total: order.quantity * order.unit_price });
export const isLarge = (order) => order.total > 1000;
export const decide = (order, approved) => ({ customer: order.customer, total: order.total, approved });
