/** The parts of the governance form. Each field knows its place in the document by a JSON pointer. */
import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { autonomyLevels, type Governance } from "../api/owner_types";
import type { Json } from "../api/types";
import { escapeStep, valueAt, type NumberField, type Problems } from "../owner/governance";
import { inWords } from "../text/words";
import { CheckIcon, ClockIcon, CrossIcon } from "./icons";

export interface FormProps {
  draft: Governance;
  problems: Problems;
  set: (pointer: string, value: Json | undefined) => void;
}

const levelChoices = autonomyLevels.map((value) => ({ value, label: inWords(value) }));

export function NumberFields({ fields, draft, problems, set }: FormProps & { fields: NumberField[] }) {
  return (
    <div className="governance-grid">
      {fields.map(({ pointer, label, description, share }) => {
        const value = valueAt(draft, pointer);
        const shown = typeof value === "number" ? (share ? Math.round(value * 1000) / 10 : value) : "";
        return (
          <NumberInput
            key={pointer}
            size="sm"
            label={label}
            description={description}
            value={shown}
            min={0}
            allowNegative={false}
            allowDecimal={share ?? false}
            error={problems[pointer]}
            onChange={(next) => set(pointer, typeof next === "number" ? (share ? next / 100 : next) : "")}
          />
        );
      })}
    </div>
  );
}

function LevelSelect({ pointer, label, draft, problems, set }: FormProps & { pointer: string; label: string }) {
  return (
    <NativeSelect
      size="sm"
      aria-label={label}
      value={String(valueAt(draft, pointer) ?? "supervised")}
      error={problems[pointer]}
      onChange={(event) => set(pointer, event.currentTarget.value)}
      data={levelChoices}
    />
  );
}

/** Who may do what alone, with what has been earned and why. */
export function LevelTable({ earned, ...form }: FormProps & { earned: Governance["earned"] }) {
  const [added, setAdded] = useState("");
  const types = [...new Set([...Object.keys(form.draft.levels), ...Object.keys(earned ?? {})])].sort();
  const name = added.trim().toLowerCase().replace(/\s+/g, "_");
  return (
    <>
      <div className="table-scroll">
        <table className="data-table governance-levels" aria-label="Autonomy by type of decision">
          <thead>
            <tr>
              <th scope="col">Type of decision</th>
              <th scope="col">How much alone</th>
              <th scope="col">Earned</th>
            </tr>
          </thead>
          <tbody>
            {types.map((type) => {
              const merit = earned?.[type];
              return (
                <tr key={type} data-type={type}>
                  <th scope="row">{inWords(type)}</th>
                  <td>
                    <LevelSelect {...form} pointer={`/levels/${escapeStep(type)}`} label={`Autonomy of ${inWords(type)}`} />
                  </td>
                  <td>
                    {merit ? (
                      <div className="governance-earned">
                        <span className={`status ${merit.earned ? "status-completed" : "status-pending"}`}>
                          {merit.earned ? <CheckIcon size={12} /> : <ClockIcon size={12} />}
                          {merit.earned ? "Acts alone" : "Not yet"}
                        </span>
                        <span className="muted">{merit.explanation}</span>
                      </div>
                    ) : (
                      <span className="muted">–</span>
                    )}
                  </td>
                </tr>
              );
            })}
            <tr data-type="otherwise">
              <th scope="row">All others</th>
              <td>
                <LevelSelect {...form} pointer="/otherwise" label="Autonomy of all others" />
              </td>
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      <div className="governance-add">
        <TextInput
          size="sm"
          aria-label="Another type of decision"
          placeholder="another type, as in upsell"
          value={added}
          onChange={(event) => setAdded(event.currentTarget.value)}
        />
        <Button
          size="sm"
          variant="default"
          disabled={name === "" || types.includes(name)}
          onClick={() => {
            form.set(`/levels/${escapeStep(name)}`, "supervised");
            setAdded("");
          }}
        >
          Add
        </Button>
      </div>
    </>
  );
}

/** Values above which another level holds; the strictest of all that applies. */
export function RuleTable(form: FormProps) {
  const { draft, problems, set } = form;
  const types = [{ value: "", label: "Any type" }, ...Object.keys(draft.levels).sort().map((value) => ({ value, label: inWords(value) }))];
  return (
    <div className="governance-rules">
      {draft.rules.length === 0 && <p className="muted">No value is special: the table above holds for all.</p>}
      {draft.rules.map((rule, index) => {
        const at = `/rules/${index}`;
        const known = types.some(({ value }) => value === rule.decision_type);
        const choices = known ? types : [...types, { value: rule.decision_type, label: inWords(rule.decision_type) }];
        return (
          <fieldset key={index} className="governance-rule">
            <legend className="visually-hidden">Rule {index + 1}</legend>
            <NativeSelect size="sm" label="Type" value={rule.decision_type} error={problems[`${at}/decision_type`]} data={choices}
              onChange={(event) => set(`${at}/decision_type`, event.currentTarget.value)} />
            <TextInput size="sm" label="Value" placeholder="discount_percent" value={rule.field} error={problems[`${at}/field`]}
              onChange={(event) => set(`${at}/field`, event.currentTarget.value)} />
            <NumberInput size="sm" label="Above" value={rule.above} error={problems[`${at}/above`]}
              onChange={(value) => set(`${at}/above`, typeof value === "number" ? value : "")} />
            <NativeSelect size="sm" label="Then" value={rule.level} error={problems[`${at}/level`]} data={levelChoices}
              onChange={(event) => set(`${at}/level`, event.currentTarget.value)} />
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove rule ${index + 1}`} onClick={() => set(at, undefined)}>
              <CrossIcon />
            </ActionIcon>
          </fieldset>
        );
      })}
      <div>
        <Button
          size="sm"
          variant="default"
          onClick={() => set(`/rules/${draft.rules.length}`, { decision_type: "", field: "", above: 0, level: "manual_only" })}
        >
          Add a rule
        </Button>
      </div>
    </div>
  );
}
