import { Button, Switch, TextInput } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { editable } from "../api/governance_document";
import { useGovernance } from "../api/owner_queries";
import { useSaveGovernance } from "../api/owner_actions";
import type { Governance } from "../api/owner_types";
import type { Json } from "../api/types";
import { LevelTable, NumberFields, RuleTable, type FormProps } from "../components/governance_fields";
import { PauseBanner } from "../components/pause_banner";
import { PauseEverything } from "../components/pause_everything";
import { Failed, Loading } from "../components/placeholders";
import {
  approvalFields, breakerFields, earningFields, isSame, limitFields, problemsOf, sortProblems, withValue, type Problems,
} from "../owner/governance";
import { useTitle } from "./use_title";
import "./governance.css";

function Section({ id, title, hint, children }: { id: string; title: string; hint?: string; children: ReactNode }) {
  return (
    <section className="card" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
      </div>
      <div className="governance-section">
        {hint && <p className="muted">{hint}</p>}
        {children}
      </div>
    </section>
  );
}

function Fields({ form, earned }: { form: FormProps; earned: Governance["earned"] }) {
  const { draft, problems, set } = form;
  return (
    <div className="governance-columns">
      <div className="stack">
        <section className="card" aria-labelledby="levels">
          <div className="card-head">
            <h2 id="levels">What agents may do alone</h2>
          </div>
          <LevelTable {...form} earned={earned} />
        </section>
        <Section id="rules" title="Value rules" hint="Above such a value another level holds, whatever the table says: the strictest of all that apply.">
          <RuleTable {...form} />
        </Section>
        <Section
          id="earning"
          title="Earned autonomy"
          hint="A type of decision that you approve again and again, and that turns out well, may go from asking first to acting alone, and back when it goes badly."
        >
          <Switch
            label="Let agents earn autonomy"
            description="Without this nothing moves up by itself"
            checked={draft.earning.consent}
            onChange={(event) => set("/earning/consent", event.currentTarget.checked)}
          />
          <NumberFields {...form} fields={earningFields} />
        </Section>
      </div>
      <div className="stack">
        <Section id="limits" title="Limits">
          <NumberFields {...form} fields={limitFields} />
        </Section>
        <Section id="quiet" title="Quiet hours" hint="Nobody is written to between these times, by the customer's clock.">
          <div className="governance-grid">
            {(["from", "to"] as const).map((key) => (
              <TextInput
                key={key}
                size="sm"
                type="time"
                label={key === "from" ? "From" : "To"}
                value={draft.quiet_hours[key]}
                error={problems[`/quiet_hours/${key}`]}
                onChange={(event) => set(`/quiet_hours/${key}`, event.currentTarget.value)}
              />
            ))}
          </div>
        </Section>
        <Section id="approvals" title="Approvals">
          <NumberFields {...form} fields={approvalFields} />
        </Section>
        <Section id="breaker" title="Circuit breaker" hint="Keeps an agent from failing on and on.">
          <NumberFields {...form} fields={breakerFields} />
          <Switch
            label="Recover without you"
            description="Otherwise a stopped agent stays stopped until you reset it"
            checked={draft.circuit_breaker.auto_recovery}
            onChange={(event) => set("/circuit_breaker/auto_recovery", event.currentTarget.checked)}
          />
        </Section>
        <Section id="shadow" title="Shadow mode">
          <Switch
            label="All agents only pretend"
            description="They decide and write down what they would do, and do nothing"
            checked={draft.shadow}
            onChange={(event) => set("/shadow", event.currentTarget.checked)}
          />
        </Section>
      </div>
    </div>
  );
}

function Form({ known }: { known: Governance }) {
  const [base, setBase] = useState(() => editable(known));
  const [draft, setDraft] = useState(() => editable(known));
  const [found, setFound] = useState<Problems>({});
  const form = useRef<HTMLFormElement>(null);
  const save = useSaveGovernance();
  const dirty = !isSame(draft, base);
  const elsewhere = !isSame(known, base);

  // What others change comes in by itself as long as nothing was changed here.
  useEffect(() => {
    if (!elsewhere || dirty) return;
    setBase(editable(known));
    setDraft(editable(known));
  }, [elsewhere, dirty, known]);

  const toFirstProblem = () =>
    setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), 0);
  const refused = sortProblems(save.isError ? save.error.problems : [], draft);
  const set = (pointer: string, value: Json | undefined) => {
    setDraft((before) => withValue(before, pointer, value));
    setFound({});
    if (save.isError || save.isSuccess) save.reset();
  };
  const adopt = (governance: Governance) => {
    setBase(editable(governance));
    setDraft(editable(governance));
    setFound({});
    save.reset();
  };
  const submit = () => {
    const problems = problemsOf(draft);
    setFound(problems);
    if (Object.keys(problems).length > 0) {
      toFirstProblem();
      return;
    }
    save.mutate(draft, {
      onSuccess: (saved) => {
        const now = editable({ ...draft, ...saved });
        setBase(now);
        setDraft(now);
      },
      onError: () => void toFirstProblem(),
    });
  };
  const wrong = Object.keys(found).length;
  return (
    <form
      ref={form}
      noValidate
      aria-label="Governance"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Fields form={{ draft, problems: { ...refused.fields, ...found }, set }} earned={known.earned} />
      <div className="governance-bar" data-shown={dirty || save.isError || save.isSuccess}>
        <div className="governance-bar-text">
          {dirty && elsewhere && !save.isPending && (
            <p role="alert">
              It was changed elsewhere meanwhile.{" "}
              <Button variant="default" size="compact-sm" onClick={() => adopt(known)}>
                Take that, discard mine
              </Button>
            </p>
          )}
          {wrong > 0 && <p role="alert">{wrong === 1 ? "One field is not right yet." : `${wrong} fields are not right yet.`}</p>}
          {save.isError && (
            <p role="alert">
              It was not saved: {save.error.message}
              {refused.others.map((text) => (
                <span key={text}> {text}.</span>
              ))}
            </p>
          )}
          <p role="status">{save.isSuccess && !dirty ? "Saved: it holds from now on." : dirty && !wrong && !save.isError ? "Not saved yet." : ""}</p>
        </div>
        {dirty && (
          <div className="row">
            <Button variant="subtle" color="gray" size="sm" onClick={() => adopt(base)}>
              Discard
            </Button>
            <Button type="submit" size="sm" loading={save.isPending}>
              Save
            </Button>
          </div>
        )}
      </div>
    </form>
  );
}

export function GovernancePage() {
  useTitle("Governance");
  const query = useGovernance();
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Governance</h1>
          <p>What agents may do alone, how much of it, and when</p>
        </div>
        <PauseEverything />
      </div>
      <PauseBanner />
      {query.isPending && <Loading what="the rules" lines={10} />}
      {query.isError && !query.data && (
        <Failed what="The rules" error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data && <Form known={query.data} />}
    </>
  );
}
