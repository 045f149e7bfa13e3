import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useAnsweredApprovals, usePendingApprovals, useRecords } from "../api/owner_queries";
import { approvalStatuses, type Approval, type Service, type Staff } from "../api/owner_types";
import { ApprovalCard } from "../components/approval_card";
import { InstallPack } from "../components/install_pack";
import { Ago } from "../components/moments";
import { PauseBanner } from "../components/pause_banner";
import { Empty, Failed, Loading } from "../components/placeholders";
import { WordBadge } from "../components/word_badge";
import { byAnswer, factsOf } from "../owner/approvals";
import { hold, nothingHeld } from "../owner/held";
import { useInstalled } from "../owner/packs";
import { formatMoney } from "../text/money";
import { inWords } from "../text/words";
import { useTitle } from "./use_title";
import "./approvals.css";

function useNames(enabled: boolean): ReadonlyMap<string, string> {
  const options = { enabled, staleTime: 60_000 };
  const staff = useRecords<Staff>("staff", {}, options);
  const services = useRecords<Service>("services", {}, options);
  return useMemo(
    () => new Map([...(staff.data ?? []), ...(services.data ?? [])].map(({ id, data }) => [id, data.name])),
    [staff.data, services.data],
  );
}

function Waiting({ responder }: { responder: string }) {
  const installed = useInstalled();
  const names = useNames(installed.salon);
  const query = usePendingApprovals();
  const pending = query.data?.items;
  const [held, setHeld] = useState(nothingHeld);
  useEffect(() => {
    if (pending) setHeld((before) => hold(before, pending));
  }, [pending]);

  if (query.isPending) return <Loading what="approvals" lines={8} />;
  if (query.isError && !pending) {
    return <Failed what="Approvals" error={query.error} retry={() => void query.refetch()} />;
  }
  const listed = new Set(pending?.map((one) => one.id));
  const fresh = held.fresh.length;
  if (held.shown.length === 0 && pending?.length === 0) {
    if (installed.any === false) return <InstallPack />;
    return (
      <section className="card">
        <Empty title="Nothing waits for you">
          What an agent may not do alone shows up here, the moment it asks.{" "}
          <Link href="/governance">What they may do alone</Link>
        </Empty>
      </section>
    );
  }
  return (
    <>
      <div aria-live="polite" className="approvals-new">
        {fresh > 0 && (
          <Button
            fullWidth
            size="md"
            variant="light"
            onClick={() => setHeld((before) => hold(before, pending ?? [], true))}
          >
            {fresh === 1 ? "1 new approval: show" : `${fresh} new approvals: show`}
          </Button>
        )}
      </div>
      <div className="approvals-cards">
        {held.shown.map((approval) => (
          <ApprovalCard
            key={approval.id}
            approval={approval}
            gone={!listed.has(approval.id)}
            responder={responder}
            currency={installed.settings.currency}
            zone={installed.settings.zone}
            names={names}
          />
        ))}
      </div>
    </>
  );
}

function HistoryRow({ approval, currency }: { approval: Approval; currency: string | undefined }) {
  const response = approval.response;
  const value = factsOf(approval).value;
  return (
    <li data-approval={approval.id}>
      <div className="row spread">
        <WordBadge word={approval.status} />
        <span className="muted">
          <Ago time={response?.responded_at ?? approval.updated_at ?? approval.created_at} />
        </span>
      </div>
      <p>
        <Link href={`/decisions/${encodeURIComponent(approval.decision_id)}`}>{approval.action_summary}</Link>
      </p>
      <p className="muted">
        {response?.responded_by
          ? `By ${response.responded_by}`
          : approval.status === "expired"
            ? "Nobody answered in time"
            : "It is not known who"}
        {value !== null && `, worth ${formatMoney(value, currency)}`}
        {response?.notes && `: “${response.notes}”`}
      </p>
    </li>
  );
}

function History() {
  const [status, setStatus] = useState("");
  const { settings } = useInstalled();
  const query = useAnsweredApprovals();
  const items = useMemo(
    () =>
      (query.data?.pages.flatMap((page) => page.items) ?? [])
        .filter((one) => (status ? one.status === status : one.status !== "pending"))
        .sort(byAnswer),
    [query.data, status],
  );
  if (query.isPending) return <Loading what="the history" lines={8} />;
  if (query.isError && items.length === 0) {
    return <Failed what="The history" error={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <section className="card" aria-label="Answered approvals, newest first">
      <div className="card-head">
        <h2>Answered</h2>
        <NativeSelect
          aria-label="Answer"
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value)}
          data={[
            { value: "", label: "Any answer" },
            ...approvalStatuses.filter((one) => one !== "pending").map((value) => ({ value, label: inWords(value) })),
          ]}
        />
      </div>
      {items.length === 0 && <Empty title={status ? "None was answered like that" : "Nothing was answered yet"} />}
      <ul className="approvals-history">
        {items.map((one) => (
          <HistoryRow key={one.id} approval={one} currency={settings.currency} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="approvals-more">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load older ones
          </Button>
        </div>
      )}
    </section>
  );
}

function Responder({ name, save }: { name: string; save: (name: string) => void }) {
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState(name);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        onClick={() => {
          setText(name);
          setEditing(true);
        }}
      >
        {name ? `Answering as ${name}` : "Say who answers"}
      </Button>
      <Modal opened={editing} onClose={() => setEditing(false)} title="Who answers here?">
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            save(text.trim());
            setEditing(false);
          }}
        >
          <TextInput
            size="md"
            label="Your name"
            description="Written down with each answer; kept in this browser"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
          <Button type="submit" size="md">
            Save
          </Button>
        </form>
      </Modal>
    </>
  );
}

export function ApprovalsPage() {
  useTitle("Approvals");
  const [params, setParams] = useSearchParams();
  const tab = params.get("tab") === "history" ? "history" : "waiting";
  const [responder, setResponder] = useLocalStorage({ key: "steward.responder", defaultValue: "" });
  return (
    <div className="approvals-page">
      <div className="page-head">
        <h1>Approvals</h1>
        <div className="row" role="group" aria-label="Show">
          {(["waiting", "history"] as const).map((one) => (
            <Button
              key={one}
              size="sm"
              variant={tab === one ? "light" : "subtle"}
              color={tab === one ? undefined : "gray"}
              aria-pressed={tab === one}
              onClick={() => setParams(one === "history" ? { tab: one } : {})}
            >
              {one === "waiting" ? "Waiting" : "History"}
            </Button>
          ))}
          <Responder name={responder} save={setResponder} />
        </div>
      </div>
      <PauseBanner />
      {tab === "waiting" ? <Waiting responder={responder} /> : <History />}
    </div>
  );
}
