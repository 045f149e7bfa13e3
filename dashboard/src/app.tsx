import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, type ReactNode } from "react";
import { Redirect, Route, Switch } from "wouter";
import { ApiError } from "./api/client";
import { Empty, Loading } from "./components/placeholders";
import { createCacheSync } from "./live/cache_sync";
import { Feed } from "./live/feed";
import { FeedContext } from "./live/feed_context";
import { Pulse } from "./live/pulse";
import { PulseContext } from "./live/pulse_context";
import { OverviewPage } from "./pages/overview";
import { RunsPage } from "./pages/runs";
import { TreePage } from "./pages/tree";
import { WorkflowsPage } from "./pages/workflows";
import { Shell } from "./shell/shell";
import { theme } from "./theme";

const RunPage = lazy(() => import("./pages/run").then((module) => ({ default: module.RunPage })));
const WorkflowPage = lazy(() =>
  import("./pages/workflow").then((module) => ({ default: module.WorkflowPage })),
);
const ApprovalsPage = lazy(() => import("./pages/approvals").then((module) => ({ default: module.ApprovalsPage })));
const AgentsPage = lazy(() => import("./pages/agents").then((module) => ({ default: module.AgentsPage })));
const AgentPage = lazy(() => import("./pages/agent").then((module) => ({ default: module.AgentPage })));
const DecisionsPage = lazy(() => import("./pages/decisions").then((module) => ({ default: module.DecisionsPage })));
const DecisionPage = lazy(() => import("./pages/decision").then((module) => ({ default: module.DecisionPage })));
const GovernancePage = lazy(() => import("./pages/governance").then((module) => ({ default: module.GovernancePage })));
const SalonPage = lazy(() => import("./pages/salon").then((module) => ({ default: module.SalonPage })));

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2000,
        // A refusal stays a refusal; only what may pass by itself is worth another try.
        retry: (count, error) => count < 1 && error instanceof ApiError && error.status >= 500,
      },
      // What a person does without a network fails at once. The default would keep it, show it as
      // done, and do it whenever the network is back.
      mutations: { networkMode: "always" },
    },
  });
}

/** Connects the cache and the pulse to the feed for as long as the application is open. */
function Live({ feed, pulse, cache, children }: { feed: Feed; pulse: Pulse; cache: QueryClient; children: ReactNode }) {
  useEffect(() => {
    const sync = createCacheSync(cache);
    const off = feed.onBatch((events) => {
      sync.apply(events);
      pulse.add(events);
    });
    const online = () => feed.retryNow();
    window.addEventListener("online", online);
    feed.start();
    return () => {
      window.removeEventListener("online", online);
      off();
      sync.stop();
      feed.stop();
    };
  }, [feed, pulse, cache]);
  return (
    <FeedContext value={feed}>
      <PulseContext value={pulse}>{children}</PulseContext>
    </FeedContext>
  );
}

export function App() {
  const { feed, pulse, cache } = useMemo(
    () => ({ feed: new Feed(), pulse: new Pulse(), cache: createQueryClient() }),
    [],
  );
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={cache}>
        <Live feed={feed} pulse={pulse} cache={cache}>
          <Shell>
            <Suspense fallback={<Loading what="the page" lines={8} />}>
              <Switch>
                <Route path="/">
                  <OverviewPage />
                </Route>
                <Route path="/workflows">
                  <WorkflowsPage />
                </Route>
                <Route path="/workflows/:namespace/:name">
                  {({ namespace, name }) => (
                    <WorkflowPage
                      key={`${namespace}/${name}`}
                      namespace={namespace}
                      name={name}
                    />
                  )}
                </Route>
                <Route path="/runs">
                  <RunsPage />
                </Route>
                <Route path="/runs/:id">
                  {({ id }) => <RunPage key={id} id={id} />}
                </Route>
                <Route path="/tree">
                  <TreePage />
                </Route>
                <Route path="/approvals">
                  <ApprovalsPage />
                </Route>
                <Route path="/salon">
                  <SalonPage />
                </Route>
                <Route path="/decisions">
                  <DecisionsPage />
                </Route>
                <Route path="/decisions/:id">
                  {({ id }) => <DecisionPage key={id} id={id} />}
                </Route>
                <Route path="/agents">
                  <AgentsPage />
                </Route>
                <Route path="/agents/:name">
                  {({ name }) => <AgentPage key={name} name={name} />}
                </Route>
                <Route path="/governance">
                  <GovernancePage />
                </Route>
                <Route path="/index.html">
                  <Redirect to="/" replace />
                </Route>
                <Route>
                  <Empty title="There is no such page">
                    The address may be mistyped, or what it named is gone.
                  </Empty>
                </Route>
              </Switch>
            </Suspense>
          </Shell>
        </Live>
      </QueryClientProvider>
    </MantineProvider>
  );
}
