/** The calls about agents and what they do. Part of the one client: see client.ts. */
import { complete, editable } from "./governance_document";
import type {
  AgentConfigChange,
  AgentState,
  Approval,
  ApprovalAnswer,
  ApprovalStatus,
  Decision,
  Gap,
  Governance,
  Outreach,
  OwnerDashboard,
  Pack,
  RecordItem,
} from "./owner_types";
import type { JsonObject, Page } from "./types";

export interface Options {
  signal?: AbortSignal | undefined;
}

export interface DecisionFilter {
  agent_name?: string | undefined;
  decision_type?: string | undefined;
  /** Of the outcome. */
  status?: string | undefined;
  customer_id?: string | undefined;
}

export interface RecordQuery {
  filter?: JsonObject;
  sort?: string;
  limit?: number;
  cursor?: string | null;
}

/** Somebody may have proposed a decision without saying more than its type. */
function whole(decision: Decision): Decision {
  return {
    ...decision,
    context: decision.context ?? {},
    action_details: decision.action_details ?? {},
    outcome: decision.outcome ?? { status: "pending" },
  };
}

type JsonCall = <T>(url: string, init?: RequestInit) => Promise<T>;

/** What is undefined, null or empty is left out. */
function query(values: object): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}

export function ownerCalls(json: JsonCall) {
  const base = "/api/v1/autonomous";
  const part = encodeURIComponent;
  const get = <T>(url: string, options: Options = {}) => json<T>(url, { signal: options.signal ?? null });
  const send = <T>(method: string, url: string, body?: object) =>
    json<T>(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });

  return {
    async decisions(
      filter: DecisionFilter & { limit?: number; cursor?: string | null } = {},
      options: Options = {},
    ): Promise<Page<Decision>> {
      const page = await get<Page<Decision>>(`${base}/decisions${query(filter)}`, options);
      return { ...page, items: page.items.map(whole) };
    },
    async decision(id: string, options: Options = {}): Promise<Decision> {
      return whole(await get<Decision>(`${base}/decisions/${part(id)}`, options));
    },
    agents(options: Options = {}): Promise<Page<AgentState>> {
      return get(`${base}/agents`, options);
    },
    agent(name: string, options: Options = {}): Promise<AgentState> {
      return get(`${base}/agents/${part(name)}`, options);
    },
    setAgentStatus(name: string, status: "active" | "paused"): Promise<AgentState> {
      return send("PATCH", `${base}/agents/${part(name)}`, { status });
    },
    configureAgent(name: string, config: AgentConfigChange): Promise<AgentState> {
      return send("PUT", `${base}/agents/${part(name)}/config`, config);
    },
    resetBreaker(name: string): Promise<AgentState> {
      return send("POST", `${base}/agents/${part(name)}/reset-circuit-breaker`);
    },
    /** Resolves once it is accepted; what comes of it shows in its state. */
    runTask(taskType: string): Promise<unknown> {
      return send("POST", "/api/v1/internal/tasks/execute", { task_type: taskType });
    },
    approvals(
      filter: { status?: ApprovalStatus; limit?: number; cursor?: string | null } = {},
      options: Options = {},
    ): Promise<Page<Approval>> {
      return get(`${base}/approvals${query(filter)}`, options);
    },
    pendingApprovals(options: Options = {}): Promise<Page<Approval>> {
      return get(`${base}/approvals/pending?limit=200`, options);
    },
    approval(id: string, options: Options = {}): Promise<Approval> {
      return get(`${base}/approvals/${part(id)}`, options);
    },
    /** 409: it was answered already, or its time is over. */
    answerApproval(id: string, answer: ApprovalAnswer): Promise<Approval> {
      return send("POST", `${base}/approvals/${part(id)}/action`, answer);
    },
    gaps(filter: { date?: string; status?: string; limit?: number }, options: Options = {}): Promise<Page<Gap>> {
      return get(`${base}/gaps${query(filter)}`, options);
    },
    gap(id: string, options: Options = {}): Promise<Gap> {
      return get(`${base}/gaps/${part(id)}`, options);
    },
    outreach(
      filter: { status?: string; customer_id?: string; outreach_type?: string; limit?: number; cursor?: string | null },
      options: Options = {},
    ): Promise<Page<Outreach>> {
      return get(`${base}/outreach${query(filter)}`, options);
    },
    ownerDashboard(options: Options = {}): Promise<OwnerDashboard> {
      return get(`${base}/analytics/dashboard`, options);
    },
    async governance(options: Options = {}): Promise<Governance> {
      return complete(await get<Partial<Governance>>(`${base}/governance`, options));
    },
    /** Replaces all of it. 400 and 422 name the fields that are wrong. */
    async saveGovernance(governance: Governance): Promise<Governance> {
      const saved = editable(governance);
      return complete({ ...saved, ...(await send<Partial<Governance>>("PUT", `${base}/governance`, saved)) });
    },
    packs(options: Options = {}): Promise<Page<Pack>> {
      return get("/api/v1/packs", options);
    },
    pack(name: string, options: Options = {}): Promise<Pack> {
      return get(`/api/v1/packs/${part(name)}`, options);
    },
    installPack(name: string): Promise<Pack> {
      return send("PUT", `/api/v1/packs/${part(name)}`);
    },
    records<T>(collection: string, what: RecordQuery = {}, options: Options = {}): Promise<Page<RecordItem<T>>> {
      const { filter, ...rest } = what;
      return get(
        `/api/v1/records/${part(collection)}${query({ ...rest, filter: filter && JSON.stringify(filter) })}`,
        options,
      );
    },
    record<T>(collection: string, id: string, options: Options = {}): Promise<RecordItem<T>> {
      return get(`/api/v1/records/${part(collection)}/${part(id)}`, options);
    },
  };
}
