/**
 * The one place that talks HTTP to the server. Every method resolves with what the server answered
 * or rejects with an `ApiError`; nothing else is thrown, save the browser's own AbortError.
 */
import { ownerCalls, type Options } from "./owner_client";
import type {
  DefinitionProblem,
  Json,
  Page,
  Run,
  RunEvent,
  RunStatus,
  Stats,
  TreeNode,
  Workflow,
  WorkflowItem,
} from "./types";

/** A refused or failed request. `status` is 0 when no answer came at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  /** Filled for a definition that was refused (422). */
  readonly problems: DefinitionProblem[];

  constructor(status: number, title: string, detail: string, problems: DefinitionProblem[] = []) {
    super(detail || title);
    this.name = "ApiError";
    this.status = status;
    this.title = title;
    this.problems = problems;
  }
}

export interface RunFilter {
  status?: RunStatus | undefined;
  /** "namespace/name". */
  workflow?: string | undefined;
}

export interface RunQuery extends RunFilter {
  limit?: number;
  cursor?: string | null;
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  const fallback = response.statusText || `HTTP ${response.status}`;
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    const problems = Array.isArray(body.errors) ? (body.errors as DefinitionProblem[]) : [];
    const title = typeof body.title === "string" ? body.title : fallback;
    return new ApiError(response.status, title, String(body.detail ?? ""), problems);
  } catch {
    return new ApiError(response.status, fallback, text.slice(0, 300));
  }
}

export function createClient(fetcher: Fetch = (url, init) => fetch(url, init)) {
  async function send(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetcher(url, init);
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
      throw new ApiError(0, "No answer", "The server cannot be reached.");
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function json<T>(url: string, init: RequestInit = {}): Promise<T> {
    const headers = { Accept: "application/json", ...init.headers };
    const response = await send(url, { ...init, headers });
    try {
      return (await response.json()) as T;
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
      throw new ApiError(response.status, "Not JSON", `The answer of ${url} cannot be read.`);
    }
  }

  const post = <T>(url: string, body?: string, type = "application/json") =>
    json<T>(
      url,
      body === undefined ? { method: "POST" } : { method: "POST", body, headers: { "Content-Type": type } },
    );

  const workflowUrl = (namespace: string, name: string) =>
    `/api/v1/workflows/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  const runUrl = (id: string) => `/api/v1/runs/${encodeURIComponent(id)}`;

  return {
    ...ownerCalls(json),
    /** Deploys YAML or JSON text. 409: that version exists with other content; 422: `problems`. */
    deploy(text: string): Promise<WorkflowItem> {
      const type = text.trimStart().startsWith("{") ? "application/json" : "application/yaml";
      return post("/api/v1/workflows", text, type);
    },
    workflows(options: Options & { cursor?: string | null } = {}): Promise<Page<WorkflowItem>> {
      const query = options.cursor ? `?cursor=${encodeURIComponent(options.cursor)}` : "";
      return json(`/api/v1/workflows${query}`, { signal: options.signal ?? null });
    },
    /** Without a version: the newest. */
    workflow(
      namespace: string,
      name: string,
      options: Options & { version?: string | null } = {},
    ): Promise<Workflow> {
      const query = options.version ? `?version=${encodeURIComponent(options.version)}` : "";
      return json(workflowUrl(namespace, name) + query, { signal: options.signal ?? null });
    },
    startRun(namespace: string, name: string, input: Json): Promise<Run> {
      return post(`${workflowUrl(namespace, name)}/runs`, JSON.stringify(input));
    },
    runs(query: RunQuery = {}, options: Options = {}): Promise<Page<Run>> {
      const params = new URLSearchParams();
      if (query.status) params.set("status", query.status);
      if (query.workflow) params.set("workflow", query.workflow);
      if (query.limit) params.set("limit", String(query.limit));
      if (query.cursor) params.set("cursor", query.cursor);
      const text = params.toString();
      return json(`/api/v1/runs${text && "?"}${text}`, { signal: options.signal ?? null });
    },
    run(id: string, options: Options = {}): Promise<Run> {
      return json(runUrl(id), { signal: options.signal ?? null });
    },
    runEvents(id: string, options: Options = {}): Promise<Page<RunEvent>> {
      return json(`${runUrl(id)}/events`, { signal: options.signal ?? null });
    },
    /** 409 where the run's state does not allow it. */
    act(id: string, action: RunAction): Promise<Run> {
      return post(`${runUrl(id)}/${action}`);
    },
    tree(options: Options = {}): Promise<TreeNode> {
      return json("/api/v1/tree", { signal: options.signal ?? null });
    },
    /** Resolves once the server accepted it; the restart shows in the tree and on the feed. */
    async kill(path: string): Promise<void> {
      await send("/api/v1/tree/kill", {
        method: "POST",
        body: JSON.stringify({ path }),
        headers: { "Content-Type": "application/json", Accept: "application/json" },
      });
    },
    stats(options: Options = {}): Promise<Stats> {
      return json("/api/v1/stats", { signal: options.signal ?? null });
    },
  };
}

export type RunAction = "cancel" | "suspend" | "resume";
export type Client = ReturnType<typeof createClient>;
