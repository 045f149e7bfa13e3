import { ActionIcon, Tooltip } from "@mantine/core";
import { useState } from "react";
import type { TreeNode } from "../api/types";
import { formatUptime } from "../text/time";
import { ChevronIcon, CrossIcon } from "./icons";
import "./actor_tree.css";

interface Row {
  node: TreeNode;
  depth: number;
  folded: boolean;
}

function rowsOf(node: TreeNode, folded: ReadonlySet<string>, depth = 0): Row[] {
  const isFolded = folded.has(node.path);
  const own = { node, depth, folded: isFolded };
  return isFolded ? [own] : [own, ...node.children.flatMap((child) => rowsOf(child, folded, depth + 1))];
}

function tone(state: string): string {
  if (/^(running|idle|up|alive|ready)$/.test(state)) return "good";
  if (/(restart|start|back|stopping)/.test(state)) return "changing";
  return "bad";
}

/** The supervision tree, one actor a line. The root cannot be killed: it is the server. */
export function ActorTree({ root, onKill }: { root: TreeNode; onKill: (node: TreeNode) => void }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const toggle = (path: string) =>
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  return (
    <div className="table-scroll">
      <table className="data-table actor-tree" aria-label="Supervision tree">
        <thead>
          <tr>
            <th scope="col">Actor</th>
            <th scope="col">State</th>
            <th scope="col" className="number">Restarts</th>
            <th scope="col" className="number hide-narrow">Mailbox</th>
            <th scope="col" className="number hide-narrow">Up</th>
            <th scope="col" className="hide-narrow">Last reason</th>
            <th scope="col"><span className="visually-hidden">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(root, folded).map(({ node, depth, folded: isFolded }) => (
            <tr key={node.path || "(root)"} data-path={node.path}>
              <th scope="row">
                <span className="actor-name" style={{ paddingLeft: `calc(${depth} * var(--indent))` }}>
                  {node.children.length > 0 ? (
                    <button
                      type="button"
                      className="actor-fold"
                      aria-expanded={!isFolded}
                      aria-label={`${isFolded ? "Unfold" : "Fold"} ${node.name}`}
                      onClick={() => toggle(node.path)}
                    >
                      <ChevronIcon size={13} />
                    </button>
                  ) : (
                    <span className="actor-fold" />
                  )}
                  <span className="mono actor-label" title={node.path}>{node.name}</span>
                  {node.strategy && <span className="actor-strategy hide-narrow">{node.strategy}</span>}
                  {node.hidden > 0 && <span className="muted">and {node.hidden} more inside</span>}
                </span>
              </th>
              <td>
                <span className={`actor-state actor-state-${tone(node.state)}`}>{node.state}</span>
              </td>
              <td className="number" data-cell="restarts" data-hot={node.restarts > 0}>{node.restarts}</td>
              <td className="number hide-narrow">{node.mailbox ?? "–"}</td>
              <td className="number hide-narrow muted">
                {node.up_us === null ? "–" : formatUptime(node.up_us / 1000)}
              </td>
              <td className="hide-narrow muted actor-reason">{node.last_reason ?? ""}</td>
              <td className="actor-actions">
                {depth > 0 && (
                  <Tooltip label="Kill this actor">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="sm"
                      aria-label={`Kill ${node.path}`}
                      onClick={() => onKill(node)}
                    >
                      <CrossIcon size={13} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
