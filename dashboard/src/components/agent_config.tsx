import { Button, NumberInput, Switch } from "@mantine/core";
import { useState } from "react";
import { useAgentConfig } from "../api/owner_actions";
import type { AgentState } from "../api/owner_types";
import { configOf, draftOf, problemsByField, type ConfigDraft, type DraftProblems } from "../owner/agents";

const fields: { key: keyof Omit<ConfigDraft, "shadow">; label: string; description: string }[] = [
  { key: "max_hourly_actions", label: "Actions an hour", description: "At most; 0 stops it" },
  { key: "max_daily_actions", label: "Actions a day", description: "At most; 0 stops it" },
  { key: "interval_minutes", label: "Looks every", description: "Minutes" },
  { key: "cooldown_minutes", label: "Cool-down", description: "Minutes after errors" },
];

/** What an owner sets of one agent. The feed may change the agent meanwhile; the draft stays. */
export function AgentConfigForm({ agent }: { agent: AgentState }) {
  const [draft, setDraft] = useState(() => draftOf(agent));
  const [problems, setProblems] = useState<DraftProblems>({});
  const save = useAgentConfig(agent.agent_name);
  const refused = save.isError ? problemsByField(save.error.problems) : {};
  const set = (change: Partial<ConfigDraft>) => {
    setDraft((before) => ({ ...before, ...change }));
    setProblems({});
    if (!save.isPending) save.reset();
  };
  const changed = JSON.stringify(draft) !== JSON.stringify(draftOf(agent));
  const submit = () => {
    const made = configOf(draft, agent);
    if ("problems" in made) setProblems(made.problems);
    else save.mutate(made.config, { onSuccess: (state) => setDraft(draftOf({ ...agent, ...state })) });
  };
  return (
    <form
      className="agent-config card-body"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="fields">
        {fields.map(({ key, label, description }) => (
          <NumberInput
            key={key}
            size="sm"
            label={label}
            description={description}
            min={0}
            allowDecimal={false}
            allowNegative={false}
            value={draft[key]}
            onChange={(value) => set({ [key]: value })}
            error={problems[key] ?? refused[key]}
          />
        ))}
      </div>
      <Switch
        label="Shadow mode"
        description="It decides and writes down what it would do, and does nothing"
        checked={draft.shadow}
        onChange={(event) => set({ shadow: event.currentTarget.checked })}
      />
      <div className="row">
        <Button type="submit" size="sm" disabled={!changed} loading={save.isPending}>
          Save
        </Button>
        {changed && (
          <Button variant="subtle" color="gray" size="sm" onClick={() => set(draftOf(agent))}>
            Discard
          </Button>
        )}
        <span role="status" className="muted">
          {save.isSuccess && !changed ? "Saved" : ""}
        </span>
      </div>
      {save.isError && (
        <p role="alert" className="breaker-error">
          It was not saved: {save.error.message}
        </p>
      )}
    </form>
  );
}
