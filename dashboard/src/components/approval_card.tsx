import { ActionIcon, Button, Menu, Modal, TextInput, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import { Link } from "wouter";
import { useAnswerApproval } from "../api/owner_actions";
import { useApproval } from "../api/owner_queries";
import type { Approval, ApprovalAnswer } from "../api/owner_types";
import { answered, factsOf, outcomeText, refusalText } from "../owner/approvals";
import { formatMoney } from "../text/money";
import { inWords } from "../text/words";
import { formatSlot } from "../text/zone";
import { Countdown } from "./countdown";
import { CheckIcon, CrossIcon, DotsIcon } from "./icons";
import { Ago } from "./moments";
import { WordBadge } from "./word_badge";
import "./approval_card.css";

interface Props {
  approval: Approval;
  /** It left the list of pending ones without being answered here: ask what became of it. */
  gone: boolean;
  /** Who answers, if that is known. */
  responder: string;
  currency: string | undefined;
  zone: string | undefined;
  /** Of staff and services by id, for approvals that name them by their ids only. */
  names?: ReadonlyMap<string, string>;
}

function Facts({ approval, currency, zone, names }: Pick<Props, "approval" | "currency" | "zone" | "names">) {
  const named = (text: string | null) => (text === null ? null : (names?.get(text) ?? text));
  const facts = factsOf(approval);
  const rows: [string, string | null][] = [
    ["Customer", facts.customer],
    ["With", named(facts.staff)],
    ["When", facts.slot && formatSlot(facts.slot, zone)],
    ["Service", named(facts.service)],
    ["Worth", facts.value === null ? null : formatMoney(facts.value, currency)],
  ];
  return (
    <dl className="approval-facts">
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name} data-fact={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Delegate({ close, send }: { close: () => void; send: (to: string) => void }) {
  const [to, setTo] = useState("");
  return (
    <Modal opened onClose={close} title="Who should answer?">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (to.trim() !== "") send(to.trim());
        }}
      >
        <TextInput
          size="md"
          label="Delegate to"
          description="A name or an address as your staff use it"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" size="md" disabled={to.trim() === ""}>
          Delegate
        </Button>
      </form>
    </Modal>
  );
}

/** What became of it, where its card was. */
function Settled({ approval }: { approval: Approval }) {
  return (
    <div className="approval-settled">
      <WordBadge word={approval.status} />
      <div>
        <p className="approval-settled-summary">{approval.action_summary}</p>
        <p className="muted" role="status">
          {outcomeText(approval)}
          {approval.response?.responded_at && (
            <>
              , <Ago time={approval.response.responded_at} />
            </>
          )}
        </p>
      </div>
    </div>
  );
}

/** One question to the owner, to be answered with one thumb. */
export function ApprovalCard({ approval: listed, gone, responder, currency, zone, names }: Props) {
  const card = useRef<HTMLElement>(null);
  const [note, setNote] = useState<string | null>(null);
  const [delegating, setDelegating] = useState(false);
  const answer = useAnswerApproval(listed);
  const fate = useApproval(gone && listed.status === "pending" ? listed.id : null);
  // While the answer is on its way, a list that was fetched before it must not bring the card back.
  const approval =
    answer.isPending && answer.variables ? answered(listed, answer.variables, new Date().toISOString()) : (fate.data ?? listed);

  const give = (what: { action: "approve" | "reject" } | { action: "delegate"; to: string }) => {
    const notes = note?.trim();
    answer.mutate({
      ...what,
      ...(notes && { notes }),
      ...(responder && { responded_by: responder }),
    } as ApprovalAnswer);
    card.current?.focus({ preventScroll: true });
  };
  const open = approval.status === "pending";
  // Whoever answered it meanwhile is named by the card itself; only a refusal needs more words.
  const lost = answer.isError && answer.error.status !== 409;
  const refusal = !answer.isError
    ? null
    : !lost
      ? refusalText(approval, answer.variables.action)
      : open
        ? `Your answer did not arrive, so it is open again. ${answer.error.message}`
        : null;

  return (
    <article className="card approval" ref={card} tabIndex={-1} aria-label={approval.action_summary} data-approval={listed.id} data-open={open}>
      {refusal && (
        <p className="approval-refused" role="alert">
          {refusal}
        </p>
      )}
      {!open && <Settled approval={approval} />}
      {open && (
        <>
          <div className="approval-head">
            <span className="row">
              <WordBadge word={approval.priority} />
              <span className="muted">{inWords(approval.decision_type ?? approval.action_type)}</span>
            </span>
            {approval.expires_at && (
              <Countdown until={approval.expires_at} since={approval.created_at} label="expires in" over="time is up" />
            )}
          </div>
          <div className="approval-body">
            <h2>{approval.action_summary}</h2>
            <Facts approval={approval} currency={currency} zone={zone} {...(names && { names })} />
            {approval.reasons && approval.reasons.length > 0 && (
              <ul className="approval-reasons" aria-label="Reasons">
                {approval.reasons.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            )}
            {factsOf(approval).message && <blockquote className="approval-message">{factsOf(approval).message}</blockquote>}
            {approval.assigned_to && <p className="muted">Delegated to {approval.assigned_to}</p>}
            {approval.escalated_at && (
              <p className="approval-escalated">
                Nobody has answered; escalated <Ago time={approval.escalated_at} />
              </p>
            )}
            {note !== null && (
              <Textarea
                label="Note"
                description="Kept with your answer"
                autosize
                minRows={2}
                size="md"
                value={note}
                onChange={(event) => setNote(event.currentTarget.value)}
                autoFocus
              />
            )}
          </div>
          <div className="approval-actions">
            <Menu position="top-start" shadow="md" width={220}>
              <Menu.Target>
                <ActionIcon variant="default" aria-label={`More for: ${approval.action_summary}`} className="approval-more">
                  <DotsIcon />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setNote((before) => (before === null ? "" : null))}>
                  {note === null ? "Add a note" : "Without a note"}
                </Menu.Item>
                <Menu.Item onClick={() => setDelegating(true)}>Delegate…</Menu.Item>
                <Menu.Item component={Link} href={`/decisions/${encodeURIComponent(approval.decision_id)}`}>
                  How it came to this
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <Button variant="default" leftSection={<CrossIcon />} onClick={() => give({ action: "reject" })}>
              Reject
            </Button>
            <Button leftSection={<CheckIcon />} onClick={() => give({ action: "approve" })}>
              Approve
            </Button>
          </div>
        </>
      )}
      {delegating && (
        <Delegate
          close={() => setDelegating(false)}
          send={(to) => {
            setDelegating(false);
            give({ action: "delegate", to });
          }}
        />
      )}
    </article>
  );
}
