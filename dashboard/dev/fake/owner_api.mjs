// The fake server's answers about agents, approvals, packs and records.
import { iso, localDate } from "./salon_data.mjs";

const ok = (body, status = 200) => ({ status, body });
const refused = (status, title, detail, errors) => ({ status, title, detail, errors });

function matches(data, filter = {}) {
  return Object.entries(filter).every(([field, wanted]) => {
    const value = field.split(".").reduce((inner, step) => inner?.[step], data);
    if (wanted === null || typeof wanted !== "object") return (value ?? null) === wanted;
    const tests = { eq: (x) => value === x, ne: (x) => value !== x, lt: (x) => value < x, le: (x) => value <= x, gt: (x) => value > x, ge: (x) => value >= x, in: (x) => x.includes(value) };
    return Object.entries(wanted).every(([operator, operand]) => tests[operator]?.(operand));
  });
}
function paged(items, { limit = 50, cursor }) {
  const from = cursor ? Number(cursor) : 0;
  const size = Math.min(200, Number(limit));
  return { items: items.slice(from, from + size), next: from + size < items.length ? String(from + size) : null };
}
const newestFirst = (map) => [...map.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);

function dashboard(salon) {
  const today = localDate(Date.now());
  const isToday = (time) => localDate(Date.parse(time)) === today;
  const decisions = [...salon.decisions.values()];
  const gaps = [...salon.gaps.values()].filter((one) => one.date === today);
  const outreach = [...salon.outreach.values()];
  const earned = sum(decisions, (one) => one.revenue_impact.actual);
  const closed = decisions.filter((one) => ["success", "failed"].includes(one.outcome.status));
  const agents = [...salon.agents.values()];
  const pending = [...salon.approvals.values()].filter((one) => one.status === "pending").length;
  const breaker = agents.find((one) => one.circuit_breaker.state === "open");
  return {
    date: today, revenue: { today: earned, last_7_days: earned + 28_400, last_30_days: earned + 131_900, currency: "INR" },
    decisions: { today: decisions.filter((one) => isToday(one.created_at)).length, pending: decisions.filter((one) => one.outcome.status === "pending").length, success_rate: closed.length ? closed.filter((one) => one.outcome.status === "success").length / closed.length : null },
    approvals: { pending },
    gaps: { open: gaps.filter((one) => one.status === "open").length, filled_today: gaps.filter((one) => one.status === "filled").length, fill_rate: gaps.length ? gaps.filter((one) => one.status === "filled").length / gaps.length : null },
    outreach: { sent_today: outreach.filter((one) => isToday(one.created_at)).length, response_rate: outreach.length ? outreach.filter((one) => one.response.received).length / outreach.length : null },
    agents: Object.fromEntries(["active", "paused", "error", "circuit_breaker"].map((status) => [status, agents.filter((one) => one.status === status).length])),
    alerts: breaker ? [{ name: "circuit_breaker_open", severity: "critical", since: breaker.circuit_breaker.last_error_time, detail: `${breaker.agent_name} failed 5 times in a row` }] : [],
  };
}

function governanceProblems(value) {
  const errors = [];
  for (const [key, limit] of Object.entries(value.limits ?? {})) {
    if (!Number.isInteger(limit) || limit < 0) errors.push({ pointer: `/limits/${key}`, detail: "must be a whole number of at least 0" });
  }
  for (const key of ["from", "to"]) {
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(value.quiet_hours?.[key] ?? "")) errors.push({ pointer: `/quiet_hours/${key}`, detail: "must be a time of day such as 21:00" });
  }
  (value.rules ?? []).forEach((rule, index) => {
    if (!rule.field) errors.push({ pointer: `/rules/${index}/field`, detail: "must name a field of the decision's details" });
  });
  for (const key of ["approvals", "successes"]) {
    if (!(value.earning?.[key] >= 0 && value.earning?.[key] <= 1)) errors.push({ pointer: `/earning/${key}`, detail: "must be between 0 and 1" });
  }
  return errors;
}

function act(salon, approval, { action, responded_by = null, notes = null, to }) {
  if (approval.status !== "pending") return refused(409, "Conflict", `approval '${approval.id}' is ${approval.status}`);
  if (Date.parse(approval.expires_at) < Date.now()) {
    salon.settle(approval, "expired");
    return refused(409, "Conflict", `approval '${approval.id}' is expired`);
  }
  if (action === "delegate") {
    if (!to) return refused(422, "Invalid", "to: whom it is delegated to is missing");
    approval.assigned_to = to;
    salon.tell("approval.delegated", `approvals/${approval.id}`, { id: approval.id, to });
  } else {
    salon.settle(approval, action === "approve" ? "approved" : "rejected", { by: responded_by, notes });
  }
  return ok(approval);
}

function agentCall(salon, method, [name, what], body) {
  const agent = salon.agents.get(name);
  if (!agent) return null;
  const changed = () => {
    agent.updated_at = iso(Date.now());
    salon.tell("agent.changed", `agents/${name}`, { agent_name: name, status: agent.status });
    return ok(agent);
  };
  if (method === "GET" && !what) return ok(agent);
  if (method === "PATCH" && !what) {
    agent.status = body.status;
    return changed();
  }
  if (method === "PUT" && what === "config") {
    const { interval_minutes: interval, shadow, ...config } = body;
    if (!(config.max_hourly_actions >= 0)) return refused(422, "Invalid", "1 problem", [{ pointer: "/max_hourly_actions", detail: "must be a whole number of at least 0" }]);
    agent.config = { ...agent.config, ...config };
    if (interval !== undefined) agent.interval_minutes = interval;
    if (shadow !== undefined) agent.shadow = shadow;
    const { rate_limits: limits } = agent;
    Object.assign(limits.hourly_actions, { limit: config.max_hourly_actions, remaining: Math.max(0, config.max_hourly_actions - limits.hourly_actions.current) });
    Object.assign(limits.daily_actions, { limit: config.max_daily_actions, remaining: Math.max(0, config.max_daily_actions - limits.daily_actions.current) });
    return changed();
  }
  if (method === "POST" && what === "reset-circuit-breaker") {
    Object.assign(agent.circuit_breaker, { state: "closed", error_count: 0, cooldown_until: null });
    agent.status = "active";
    return changed();
  }
  return null;
}

function autonomous(salon, method, [what, id, more, ...rest], query, body) {
  if (what === "governance" && method === "GET") return ok({ ...salon.governance, earned: salon.earned });
  if (what === "governance" && method === "PUT") {
    const errors = governanceProblems(body);
    if (errors.length > 0) return refused(422, "Invalid governance", `${errors.length} problem(s)`, errors);
    salon.governance = body;
    salon.tell("governance.changed", "governance", {});
    return ok(body);
  }
  if (what === "analytics" && id === "dashboard") return ok(dashboard(salon));
  if (what === "agents" && !id) return ok({ items: [...salon.agents.values()], next: null });
  if (what === "agents") return agentCall(salon, method, [id, more, ...rest], body);
  if (what === "approvals" && method === "POST" && more === "action") {
    const approval = salon.approvals.get(id);
    return approval ? act(salon, approval, body) : null;
  }
  const lists = { decisions: salon.decisions, approvals: salon.approvals, gaps: salon.gaps, outreach: salon.outreach };
  const all = lists[what];
  if (!all || method !== "GET") return null;
  if (what === "approvals" && id === "pending") return ok(paged(newestFirst(all).filter((one) => one.status === "pending"), query));
  if (id) return all.has(id) ? ok(all.get(id)) : null;
  const { limit, cursor, status, customer_id: customer, ...fields } = query;
  const fits = newestFirst(all).filter((one) =>
    matches(one, fields) && (!status || (what === "decisions" ? one.outcome.status : one.status) === status) &&
    (!customer || (one.customer_id ?? one.context?.customer_id) === customer));
  return ok(paged(fits, { limit, cursor }));
}

function records(salon, [collection, id], query) {
  const all = salon.collections[collection];
  if (!all) return null;
  const item = ([key, data]) => ({ id: key, version: 1, created_at: data.created_at ?? iso(Date.now()), updated_at: data.updated_at ?? iso(Date.now()), data });
  if (id) return all.has(id) ? ok(item([id, all.get(id)])) : null;
  const filter = query.filter ? JSON.parse(query.filter) : {};
  const found = [...all].filter(([, data]) => matches(data, filter)).map(item);
  const field = query.sort?.replace(/^-/, "");
  if (field) found.sort((a, b) => String(a.data[field]).localeCompare(String(b.data[field])) * (query.sort.startsWith("-") ? -1 : 1));
  return ok(paged(found, query));
}

/** {status, body} or {status, title, detail, errors}; null: nothing is there. */
export function ownerAnswer(salon, method, parts, query, body) {
  const [first, ...rest] = parts;
  if (first === "packs") {
    const pack = { name: "salon", title: "A salon", version: "0.1.0", settings: salon.settings };
    if (method === "GET" && rest.length === 0) return ok({ items: salon.state.installed ? [pack] : [], next: null });
    if (method === "GET" && rest[0] === "salon" && salon.state.installed) return ok(pack);
    if (method === "PUT" && rest[0] === "salon") {
      salon.install();
      return ok(pack, 201);
    }
    return null;
  }
  if (first === "records" && method === "GET") return records(salon, rest, query);
  if (first === "autonomous") return autonomous(salon, method, rest, query, body);
  if (first === "internal" && method === "POST") {
    salon.step();
    return ok({}, 202);
  }
  return null;
}
