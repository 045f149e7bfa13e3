// The fake server's agents: they find gaps, ask for approval, write to customers and are answered.
import { appointmentsOf, customers, iso, localDate, seeded, services, staff, zone } from "./salon_data.mjs";

const minute = 60_000;
const hour = 60 * minute;
const agentsOf = [
  ["gap_fill_agent", "Fills gaps", "gap_fill", 5],
  ["no_show_prevention_agent", "Prevents no-shows", "no_show_prevention", 10],
  ["waitlist_agent", "Promotes from the waitlist", "waitlist_promotion", 5],
  ["retention_agent", "Wins customers back", "retention", 60],
  ["discount_agent", "Offers discounts", "discount_offer", 30],
];
const governanceDefaults = () => ({
  levels: { gap_fill: "supervised", no_show_prevention: "full_auto", waitlist_promotion: "full_auto", retention: "supervised", discount_offer: "supervised", dynamic_pricing: "manual_only" },
  otherwise: "supervised",
  rules: [{ decision_type: "discount_offer", field: "discount_percent", above: 20, level: "manual_only" }],
  limits: { hourly_actions: 20, daily_actions: 100, per_customer_hourly: 1, per_customer_daily: 3 },
  circuit_breaker: { error_threshold: 5, cooldown_minutes: 5, half_open_attempts: 1, auto_recovery: true },
  quiet_hours: { from: "21:00", to: "09:00" },
  approvals: { expire_minutes: 15, escalate_minutes: 10 },
  earning: { consent: true, approvals: 0.9, successes: 0.8, decisions_least: 20, bad_most: 5, bad_among: 20 },
  paused: false, shadow: false,
});
const earned = {
  no_show_prevention: { earned: true, explanation: "58 of 58 approved (at least 93.8 %), 54 of 57 succeeded (at least 85.6 %): it acts alone." },
  gap_fill: { earned: false, explanation: "17 of 19 approved (at least 68.6 %, 90 % are needed), 11 of 14 succeeded (at least 52.4 %, 80 % are needed)." },
};

export function createSalon(publish, { installed = true } = {}) {
  const collections = {};
  for (const name of ["staff", "services", "customers", "appointments", "waitlist", "audit_logs", "outreach", "gaps"]) collections[name] = new Map();
  const decisions = new Map();
  const approvals = new Map();
  const agents = new Map();
  const random = seeded(7);
  const pick = (list) => list[Math.floor(random() * list.length)];
  let governance = governanceDefaults();
  let count = 0;
  const state = { installed: false };
  const newId = (kind) => `${kind}_${String(++count).padStart(6, "0")}`;
  const tell = (type, subject, data) => publish(`dev.steward.${type}.v1`, subject, data);
  const { gaps, outreach } = collections;
  const nameOf = (customer) => customers[customer]?.name ?? customer;
  const clock = (ms) => new Date(ms + 5.5 * hour).toISOString().slice(11, 16);

  function audit(eventType, actor, action, decision, time = Date.now(), severity = "info") {
    const id = newId("log");
    collections.audit_logs.set(id, { id, salon_id: "default", event_type: eventType, severity, actor, action, resource_type: "decision", resource_id: decision, details: {}, created_at: iso(time) });
  }
  function agent([name, title, task, interval], index) {
    const now = Date.now();
    const broken = name === "discount_agent";
    agents.set(name, {
      id: `state_default_${name}`, salon_id: "default", agent_name: name, title, task_type: task, shadow: name === "retention_agent", interval_minutes: interval,
      status: broken ? "circuit_breaker" : "active", last_execution: iso(now - (index + 1) * 47_000), next_scheduled: iso(now + interval * minute - (index + 1) * 47_000),
      circuit_breaker: { state: broken ? "open" : "closed", error_count: broken ? 5 : 0, last_error: broken ? "whatsapp answered 503 Service Unavailable" : null, last_error_time: broken ? iso(now - 70_000) : null, cooldown_until: broken ? iso(now + 230_000) : null, auto_recovery: true },
      config: { max_hourly_actions: 20, max_daily_actions: 100, cooldown_minutes: 5, custom: {} },
      counters: { date: localDate(now), actions_taken: [23, 31, 8, 4, 2][index], actions_successful: [19, 30, 7, 3, 0][index], actions_failed: [1, 0, 1, 0, 2][index], revenue_generated: [8400, 5200, 1900, 0, 0][index], by_type: { [task]: { count: [23, 31, 8, 4, 2][index], revenue: [8400, 5200, 1900, 0, 0][index] } } },
      rate_limits: { hourly_actions: { limit: 20, current: [14, 19, 3, 1, 0][index], remaining: [6, 1, 17, 19, 20][index] }, daily_actions: { limit: 100, current: [23, 31, 8, 4, 2][index], remaining: [77, 69, 92, 96, 98][index] } },
      health: { last_heartbeat: iso(now - 12_000), consecutive_failures: broken ? 5 : 0, average_response_time_ms: [142, 96, 180, 310, 900][index], success_rate_24h: [0.95, 0.99, 0.91, null, 0.2][index] },
      created_at: iso(now - 40 * 24 * hour), updated_at: iso(now),
    });
  }

  function decide(gap, { customer = pick(Object.keys(customers)), ago = 0, level = "supervised", priority = gap.priority === "critical" ? "urgent" : gap.priority } = {}) {
    const id = newId("dec");
    const time = Date.now() - ago;
    const [serviceId, service] = pick(Object.entries(services));
    const slot = `${clock(Date.parse(gap.start_time))} - ${clock(Date.parse(gap.end_time))}`;
    const summary = `Offer ${nameOf(customer)} the ${gap.duration_minutes} min gap with ${gap.staff_name} at ${slot.slice(0, 5)}`;
    const reasons = [`${nameOf(customer)} comes every 26 days and was last here 27 days ago`, `Prefers ${gap.staff_name.split(" ")[0]} and the time of day`, `${service.name} fits into the gap; answers 8 of 10 messages`];
    const decision = {
      id, salon_id: "default", agent_name: "gap_fill_agent", decision_type: "gap_fill", autonomy_level: level, summary, reasons,
      context: { trigger_id: gap.id, trigger_type: "schedule_gap", customer_id: customer, staff_id: gap.staff_id, service_id: serviceId, time_slot: gap.start_time },
      action_taken: "outreach_initiated", action_details: { gap_duration_minutes: gap.duration_minutes, customer_name: nameOf(customer), service_name: service.name },
      revenue_impact: { potential: service.price, actual: 0, currency: "INR" },
      approval: { required: level !== "full_auto", status: level === "full_auto" ? "not_required" : "pending", approval_id: null, approved_by: null, approved_at: null },
      outcome: { status: "pending", result: null, completed_at: null, booking_created_id: null },
      created_at: iso(time), updated_at: iso(time), expires_at: iso(time + 15 * minute),
    };
    decisions.set(id, decision);
    audit("decision_made", decision.agent_name, "Decision: gap_fill", id, time);
    if (level !== "full_auto") {
      const approval = {
        id: newId("apr"), salon_id: "default", decision_id: id, agent_name: "gap_fill_agent", action_type: "gap_fill", decision_type: "gap_fill", action_summary: summary, reasons,
        action_details: { gap_id: gap.id, customer_id: customer, customer_name: nameOf(customer), staff_name: gap.staff_name, service_name: service.name, time_slot: slot, potential_revenue: service.price, message: `Hi ${nameOf(customer).split(" ")[0]}! ${gap.staff_name.split(" ")[0]} has time for you at ${slot.slice(0, 5)}. Reply YES and it is yours.` },
        priority, status: "pending", expires_at: iso(time + 15 * minute), assigned_to: null, escalated_at: null,
        notifications_sent: { whatsapp: true, push: true, email: false }, response: { action: null, responded_by: null, responded_at: null, notes: null }, created_at: iso(time), updated_at: iso(time),
      };
      approvals.set(approval.id, approval);
      decision.approval.approval_id = approval.id;
      audit("approval_requested", decision.agent_name, "Asked for approval", id, time + 400);
      tell("approval.requested", `approvals/${approval.id}`, { event: "APPROVAL_REQUESTED", id: approval.id, decision_id: id, priority });
    } else {
      offer(decision, ago - 900);
    }
    tell("autonomous.decision", `decisions/${id}`, { event: "AUTONOMOUS_DECISION", id, agent_name: decision.agent_name, decision_type: "gap_fill" });
    return decision;
  }

  function offer(decision, ago = 0) {
    const id = newId("out");
    const time = Date.now() - ago;
    const { customer_id: customer, trigger_id: gap, time_slot: slot } = decision.context;
    outreach.set(id, {
      id, salon_id: "default", customer_id: customer, customer_name: nameOf(customer), customer_phone: customers[customer].phone, outreach_type: "gap_fill", channel: "whatsapp", language: "en",
      status: "sent", message: `Hi ${nameOf(customer).split(" ")[0]}! We have a slot for you at ${clock(Date.parse(slot))} with ${staff[decision.context.staff_id].name.split(" ")[0]}. Reply YES and it is yours, or STOP if you don't want such messages.`,
      trigger_id: gap, trigger_type: "gap", decision_id: decision.id, offer_details: {}, expires_at: iso(time + 30 * minute), attempts: 1, last_attempt_at: iso(time),
      response: { received: false, action: null, text: null, responded_at: null, booking_id: null }, delivery: { message_id: `SM${id}`, sent_at: iso(time), delivered_at: null, read_at: null, error: null }, created_at: iso(time), updated_at: iso(time),
    });
    gaps.get(gap).fill_attempts += 1;
    audit("external_call", decision.agent_name, "Sent by whatsapp", decision.id, time);
    tell("outreach.sent", `outreach/${id}`, { event: "OUTREACH_SENT", id, decision_id: decision.id });
    return outreach.get(id);
  }

  function deliver(message, ago = 0) {
    message.status = "delivered";
    message.delivery.delivered_at = iso(Date.now() - ago);
    tell("outreach.delivered", `outreach/${message.id}`, { event: "OUTREACH_DELIVERED", id: message.id });
  }

  function respond(message, text, ago = 0) {
    const time = Date.now() - ago;
    const yes = /yes/i.test(text);
    const decision = decisions.get(message.decision_id);
    const gap = gaps.get(message.trigger_id);
    Object.assign(message, { status: "responded", updated_at: iso(time), response: { received: true, action: yes ? "accepted" : "declined", text, responded_at: iso(time), booking_id: null } });
    tell("outreach.responded", `outreach/${message.id}`, { event: "OUTREACH_RESPONDED", id: message.id });
    if (yes && gap.status === "open") {
      const id = `apt_${message.id}`;
      message.response.booking_id = id;
      const service = services[decision.context.service_id];
      const end = Math.min(Date.parse(gap.start_time) + service.duration_minutes * minute, Date.parse(gap.end_time));
      collections.appointments.set(id, { customer_id: message.customer_id, staff_id: gap.staff_id, service_id: decision.context.service_id, start_time: gap.start_time, end_time: iso(end), status: "booked", price: service.price, booked_at: iso(time), source: "gap_fill", outreach_id: message.id, decision_id: decision.id });
      Object.assign(gap, { status: "filled", filled_by: id, updated_at: iso(time) });
      Object.assign(decision.outcome, { status: "success", result: "booked", completed_at: iso(time), booking_created_id: id });
      decision.revenue_impact.actual = service.price;
      tell("record.created", `records/appointments/${id}`, { id });
      tell("gap.filled", `gaps/${gap.id}`, { event: "GAP_FILLED", id: gap.id });
    } else {
      Object.assign(decision.outcome, { status: "failed", result: "declined", completed_at: iso(time) });
    }
    audit("decision_closed", decision.agent_name, `Outcome: ${decision.outcome.status}`, decision.id, time);
    tell("decision.closed", `decisions/${decision.id}`, { id: decision.id, status: decision.outcome.status });
  }

  function settle(approval, status, { by = null, notes = null, ago = 0 } = {}) {
    const time = Date.now() - ago;
    const decision = decisions.get(approval.decision_id);
    Object.assign(approval, { status, updated_at: iso(time) });
    if (status !== "expired") approval.response = { action: status === "approved" ? "approve" : "reject", responded_by: by, responded_at: iso(time), notes };
    Object.assign(decision.approval, { status, approved_by: status === "approved" ? by : null, approved_at: status === "approved" ? iso(time) : null });
    const names = { approved: "approval_granted", rejected: "approval_rejected", expired: "approval_expired" };
    audit(names[status], by ?? "steward", `Approval ${status}`, decision.id, time);
    tell(`approval.${status}`, `approvals/${approval.id}`, { event: `APPROVAL_${status.toUpperCase()}`, id: approval.id, decision_id: decision.id });
    if (status === "approved") return offer(decision, ago - 600);
    Object.assign(decision.outcome, { status, completed_at: iso(time) });
    tell("decision.closed", `decisions/${decision.id}`, { id: decision.id, status });
    return null;
  }

  function install() {
    if (state.installed) return;
    state.installed = true;
    const now = Date.now();
    for (const [name, data] of Object.entries({ staff, services, customers })) {
      for (const [id, one] of Object.entries(data)) collections[name].set(id, one);
    }
    agentsOf.forEach(agent);
    for (const day of [-1, 0, 1]) {
      const date = localDate(now + day * 24 * hour);
      const { booked, free } = appointmentsOf(date, now);
      for (const [id, one] of Object.entries(booked)) collections.appointments.set(id, one);
      for (const { staffId, start, end } of free) {
        const id = newId("gap");
        gaps.set(id, {
          id, salon_id: "default", staff_id: staffId, staff_name: staff[staffId].name, date, start_time: iso(start), end_time: iso(end), duration_minutes: (end - start) / minute,
          priority: pick(["low", "medium", "high", "critical"]), status: end < now ? pick(["expired", "ignored"]) : "open", potential_revenue: pick([500, 600, 1500, 1800]), services_fittable: Object.keys(services),
          fill_attempts: 0, last_attempt_at: null, filled_by: null, created_at: iso(now - 6 * hour), updated_at: iso(now),
        });
      }
    }
    const open = [...gaps.values()].filter((gap) => gap.status === "open" && gap.date >= localDate(now));
    open.sort((a, b) => a.start_time.localeCompare(b.start_time));
    const fates = ["booked", "declined", "pending", "rejected", "sent", "expired", "booked", "pending", "delivered", "pending", "booked"];
    open.slice(0, fates.length).forEach((gap, index) => {
      const fate = fates[index];
      const pending = fate === "pending";
      const ago = pending ? (3 + index) * minute - 40_000 : (20 + index * 26) * minute;
      const priority = pending ? ["", "", "urgent", "", "", "", "", "medium", "", "high"][index] : undefined;
      const decision = decide(gap, { ago, ...(priority && { priority }) });
      if (pending) return;
      const approval = approvals.get(decision.approval.approval_id);
      if (fate === "expired" || fate === "rejected") return void settle(approval, fate, { by: "Asha", notes: fate === "rejected" ? "She was here yesterday" : null, ago: ago - 5 * minute });
      const message = settle(approval, "approved", { by: "Asha", notes: index === 0 ? "Good idea" : null, ago: ago - 3 * minute });
      if (fate !== "sent") deliver(message, ago - 3.2 * minute);
      if (fate === "booked") respond(message, "Yes please!", ago - 8 * minute);
      if (fate === "declined") respond(message, "Not today, thanks", ago - 9 * minute);
    });
    tell("pack.installed", "packs/salon", { name: "salon" });
  }

  /** One thing happens. */
  function step() {
    if (!state.installed || governance.paused) return;
    const now = Date.now();
    for (const approval of approvals.values()) {
      if (approval.status === "pending" && Date.parse(approval.expires_at) < now) settle(approval, "expired");
    }
    const sent = [...outreach.values()].find((one) => one.status === "sent");
    if (sent) return deliver(sent);
    const delivered = [...outreach.values()].find((one) => one.status === "delivered");
    if (delivered && random() < 0.6) return respond(delivered, random() < 0.6 ? "Yes please!" : "Not today, thanks");
    const busy = new Set([...decisions.values()].filter((one) => one.outcome.status === "pending").map((one) => one.context.trigger_id));
    const gap = [...gaps.values()].find((one) => one.status === "open" && !busy.has(one.id) && Date.parse(one.start_time) > now);
    if (gap && [...approvals.values()].filter((one) => one.status === "pending").length < 6) decide(gap);
    const worker = agents.get("gap_fill_agent");
    Object.assign(worker, { last_execution: iso(now), next_scheduled: iso(now + 5 * minute) });
    worker.health.last_heartbeat = iso(now);
    tell("agent.changed", "agents/gap_fill_agent", { agent_name: "gap_fill_agent" });
  }

  if (installed) install();
  return {
    state, install, step, settle, collections, decisions, approvals, agents, gaps, outreach, tell, audit,
    settings: { zone, currency: "INR", language: "en" }, earned,
    get governance() { return governance; },
    set governance(value) { governance = value; },
  };
}
