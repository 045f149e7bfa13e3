/** Renders a page as the application would, against answers and a feed that the test controls. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { createClient } from "../src/api/client";
import { ClientContext } from "../src/api/queries";
import { createQueryClient } from "../src/app";
import { createCacheSync } from "../src/live/cache_sync";
import { Feed } from "../src/live/feed";
import { FeedContext, FeedOpenContext } from "../src/live/feed_context";
import { Pulse } from "../src/live/pulse";
import { PulseContext } from "../src/live/pulse_context";
import { theme } from "../src/theme";
import { fakeSockets } from "./fake_socket";

/** A body, a refusal, or "never": still loading. */
export type Answer = unknown | Response | "never";
/** By "METHOD /path?query", longest match of the beginning first. Functions see the request's body. */
export type Answers = Record<string, Answer | ((body: string | null, url: string) => Answer)>;

export const refused = (status: number, detail: string, more: object = {}) =>
  new Response(JSON.stringify({ title: "Refused", status, detail, ...more }), { status });

export function renderPage(page: ReactNode, answers: Answers, path = "/") {
  const requests: { line: string; body: string | null }[] = [];
  const client = createClient(async (url, init) => {
    const line = `${init.method ?? "GET"} ${url}`;
    const body = (init.body as string | undefined) ?? null;
    requests.push({ line, body });
    const key = Object.keys(answers)
      .filter((one) => line.startsWith(one))
      .sort((a, b) => b.length - a.length)[0];
    let answer = key === undefined ? refused(404, `nothing at ${line}`) : answers[key];
    if (typeof answer === "function") answer = answer(body, url);
    if (answer === "never") return new Promise<Response>(() => {});
    return answer instanceof Response ? answer.clone() : new Response(JSON.stringify(answer));
  });
  const cache = createQueryClient();
  cache.setDefaultOptions({ ...cache.getDefaultOptions(), queries: { retry: false, staleTime: 2000 } });
  const feeds = fakeSockets();
  const feed = new Feed({ open: feeds.open, batchMs: 1 });
  const pulse = new Pulse();
  const sync = createCacheSync(cache, 1);
  feed.onBatch((events) => {
    sync.apply(events);
    pulse.add(events);
  });
  feed.start();
  const location = memoryLocation({ path, record: true });
  const view = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={cache}>
        <ClientContext value={client}>
          <FeedOpenContext value={feeds.open}>
            <FeedContext value={feed}>
              <PulseContext value={pulse}>
                <Router hook={location.hook} searchHook={location.searchHook}>
                  {page}
                </Router>
              </PulseContext>
            </FeedContext>
          </FeedOpenContext>
        </ClientContext>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...view, user: userEvent.setup(), requests, feeds, location, cache };
}
