import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useState } from "react";
import type { Json } from "../api/types";
import { CheckIcon, ChevronIcon, CopyIcon } from "./icons";
import "./json_view.css";

/** Entries shown of one object or array before "more" is asked for. */
const pageSize = 100;
const longText = 400;

function Scalar({ value }: { value: null | boolean | number | string }) {
  const [whole, setWhole] = useState(false);
  if (typeof value !== "string") {
    return <span className={`json-${value === null ? "null" : typeof value}`}>{String(value)}</span>;
  }
  const cut = !whole && value.length > longText;
  return (
    <span className="json-string">
      {JSON.stringify(cut ? value.slice(0, longText) : value)}
      {cut && (
        <button type="button" className="json-more" onClick={() => setWhole(true)}>
          {value.length - longText} more characters
        </button>
      )}
    </span>
  );
}

function Branch({ label, value, depth }: { label: string | null; value: Json; depth: number }) {
  const isBranch = typeof value === "object" && value !== null;
  const entries = isBranch ? Object.entries(value) : [];
  const [open, setOpen] = useState(depth < 2 || (depth < 4 && entries.length <= 6));
  const [shown, setShown] = useState(pageSize);
  const name = label !== null && <span className="json-key">{label}</span>;
  if (!isBranch || entries.length === 0) {
    const empty = Array.isArray(value) ? "[ ]" : "{ }";
    return (
      <li className="json-leaf">
        {name}
        {isBranch ? <span className="json-null">{empty}</span> : <Scalar value={value as string} />}
      </li>
    );
  }
  const count = `${entries.length} ${Array.isArray(value) ? "item" : "key"}${entries.length === 1 ? "" : "s"}`;
  return (
    <li>
      <button type="button" className="json-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronIcon size={12} />
        {name}
        <span className="json-count">{Array.isArray(value) ? `[ ${count} ]` : `{ ${count} }`}</span>
      </button>
      {open && (
        <ul>
          {entries.slice(0, shown).map(([key, child]) => (
            <Branch key={key} label={key} value={child} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <li>
              <button type="button" className="json-more" onClick={() => setShown(shown + pageSize)}>
                {entries.length - shown} more
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

/** A JSON value as a tree that folds. `undefined`: there is none (yet), `absent` says why. */
export function JsonView({ value, label, absent = "Nothing here." }: { value: Json | undefined; label: string; absent?: string }) {
  const clipboard = useClipboard({ timeout: 1500 });
  if (value === undefined) return <p className="muted json-absent">{absent}</p>;
  const copied = clipboard.copied;
  return (
    <div className="json-view" role="region" aria-label={label}>
      <Tooltip label={copied ? "Copied" : "Copy as JSON"}>
        <ActionIcon
          className="json-copy"
          variant="subtle"
          color="gray"
          aria-label={`Copy ${label} as JSON`}
          onClick={() => clipboard.copy(JSON.stringify(value, null, 2))}
        >
          {copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
        </ActionIcon>
      </Tooltip>
      <ul className="mono">
        <Branch label={null} value={value} depth={0} />
      </ul>
    </div>
  );
}
