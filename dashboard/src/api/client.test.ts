import { describe, expect, it } from "vitest";
import { ApiError, createClient } from "./client";

function clientOf(answer: Response | Error | DOMException) {
  const seen: { url: string; init: RequestInit }[] = [];
  const client = createClient(async (url, init) => {
    seen.push({ url, init });
    if (answer instanceof Response) return answer;
    throw answer;
  });
  return { client, seen };
}
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const failure = async (promise: Promise<unknown>) =>
  (await promise.then(
    () => null,
    (error: unknown) => error,
  )) as ApiError;

describe("client", () => {
  it("escapes names in paths and values in queries", async () => {
    const { client, seen } = clientOf(json({ items: [], next: null }));
    await client.runs({ status: "faulted", workflow: "a/b c", limit: 5, cursor: "x&y" });
    expect(seen[0]!.url).toBe("/api/v1/runs?status=faulted&workflow=a%2Fb+c&limit=5&cursor=x%26y");
  });

  it("sends YAML as YAML and JSON as JSON", async () => {
    for (const [text, type] of [["do: []", "application/yaml"], ['{"do":[]}', "application/json"]] as const) {
      const { client, seen } = clientOf(json({}, 201));
      await client.deploy(text);
      expect(new Headers(seen[0]!.init.headers).get("content-type")).toBe(type);
      expect(seen[0]!.init.body).toBe(text);
    }
  });

  it("gives every problem of a definition that was refused", async () => {
    const errors = [{ pointer: "/do", detail: "is empty", line: 3, column: 1 }];
    const { client } = clientOf(json({ title: "Invalid", detail: "1 problem", errors }, 422));
    const error = await failure(client.deploy("x"));
    expect(error).toBeInstanceOf(ApiError);
    expect([error.status, error.title, error.message]).toEqual([422, "Invalid", "1 problem"]);
    expect(error.problems).toEqual(errors);
  });

  it("says that no answer came", async () => {
    const { client } = clientOf(new TypeError("fetch failed"));
    const error = await failure(client.stats());
    expect([error.status, error.message]).toEqual([0, "The server cannot be reached."]);
  });

  it("keeps the words of a refusal that is not JSON", async () => {
    const { client } = clientOf(new Response("upstream gone", { status: 502 }));
    expect((await failure(client.tree())).message).toBe("upstream gone");
  });

  it("calls an answer that is no JSON what it is", async () => {
    const { client } = clientOf(new Response("<html>"));
    expect((await failure(client.stats())).title).toBe("Not JSON");
  });

  it("lets a cancelled request be cancelled", async () => {
    const { client } = clientOf(new DOMException("stop", "AbortError"));
    expect((await failure(client.stats())).name).toBe("AbortError");
  });

  it("accepts an empty answer to a kill", async () => {
    const { client, seen } = clientOf(new Response(null, { status: 202 }));
    await client.kill("store/journal");
    expect(seen[0]!.init.body).toBe('{"path":"store/journal"}');
  });
});
