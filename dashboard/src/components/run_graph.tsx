import "@xyflow/react/dist/base.css";
import {
  BaseEdge,
  Controls,
  EdgeLabelRenderer,
  getSmoothStepPath,
  Handle,
  Position,
  ReactFlow,
  useReactFlow,
  ReactFlowProvider,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from "@xyflow/react";
import { createContext, use, useEffect, useMemo, useRef } from "react";
import { layout, type Box, type Picture } from "../run/layout";
import type { Scope } from "../run/outline";
import type { Step, TaskActivity } from "../run/steps";
import { statusIcons } from "./status_badge";
import "./run_graph.css";

type BoxNode = Node<{ box: Box }>;
type LineEdge = Edge<{ label: string | null; rail: number | null; walked: boolean }>;

interface Chosen {
  activity: ReadonlyMap<string, TaskActivity>;
  selected: string | null;
  onSelect: ((task: string) => void) | undefined;
}
const ChosenContext = createContext<Chosen>({ activity: new Map(), selected: null, onSelect: undefined });

const roleNames: Record<string, string> = { do: "do", try: "try", catch: "catch", branches: "branches" };

function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

/** A task, or the head of a task that holds others. */
function TaskBox({ data: { box } }: NodeProps<BoxNode>) {
  const { activity, selected, onSelect } = use(ChosenContext);
  const task = box.task!;
  const done = activity.get(task.pointer);
  const Icon = done && statusIcons[done.status];
  const tone = done ? `status-${done.status}` : "graph-idle";
  const counts = [
    done && done.iterations > 1 ? `×${done.iterations}` : null,
    done && done.retries > 0 ? `${done.retries} ${done.retries === 1 ? "retry" : "retries"}` : null,
  ].filter((text) => text !== null);
  const leaves = task.then === "end" || task.then === "exit" ? task.then : null;
  const description = [
    task.kind, task.name, done ? done.status : "not reached", ...counts,
  ].join(", ");
  return (
    <div className={`graph-box graph-${box.kind} ${tone}`} data-selected={selected === task.pointer}>
      <Ends />
      <button
        type="button"
        className="graph-head"
        aria-label={description}
        aria-pressed={selected === task.pointer}
        disabled={!onSelect || !done}
        title={task.condition ? `if ${task.condition}` : task.summary}
        data-task={task.pointer}
        data-status={done?.status ?? "none"}
        onClick={() => onSelect?.(task.pointer)}
      >
        <span className="graph-icon">{Icon ? <Icon size={14} /> : <span className="graph-dot" />}</span>
        <span className="graph-text">
          <span className="graph-name truncate">{task.name}</span>
          <span className="graph-summary truncate">
            <b>{task.kind}</b> {task.summary}
          </span>
        </span>
        <span className="graph-counts">
          {counts.map((count) => (
            <span key={count}>{count}</span>
          ))}
          {leaves && box.parent !== null && <span title={`then: ${leaves}`}>→ {leaves}</span>}
        </span>
      </button>
    </div>
  );
}

function ScopeBox({ data: { box } }: NodeProps<BoxNode>) {
  return <div className="graph-scope">{roleNames[box.label] ?? box.label}</div>;
}

function TerminalBox({ data: { box } }: NodeProps<BoxNode>) {
  return (
    <div className="graph-terminal">
      <Ends />
      {box.label}
    </div>
  );
}

/** Straight down and across just above the target, or along a rail beside the column. */
function LinePath({ id, sourceX, sourceY, targetX, targetY, data, markerEnd }: EdgeProps<LineEdge>) {
  const { label = null, rail = null, walked = false } = data ?? {};
  const above = label ? 38 : 20;
  let path: string;
  let labelX = targetX;
  let labelY = targetY - 17;
  if (rail === null && Math.abs(sourceX - targetX) < 1) {
    path = `M${sourceX} ${sourceY}V${targetY}`;
  } else if (rail === null) {
    [path] = getSmoothStepPath({
      sourceX, sourceY, sourcePosition: Position.Bottom,
      targetX, targetY, targetPosition: Position.Top,
      borderRadius: 8, centerY: Math.max(targetY - above, sourceY + 6),
    });
  } else {
    path = `M${sourceX} ${sourceY}V${sourceY + 12}H${rail}V${targetY - 14}H${targetX}V${targetY}`;
    labelX = rail;
    labelY = (sourceY + targetY) / 2;
  }
  return (
    <>
      <BaseEdge id={id} path={path} className={walked ? "graph-walked" : ""} {...(markerEnd ? { markerEnd } : {})} />
      {label && (
        <EdgeLabelRenderer>
          <span
            className="graph-label"
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

const nodeTypes = { task: TaskBox, frame: TaskBox, scope: ScopeBox, terminal: TerminalBox };
const edgeTypes = { line: LinePath };

function nodesOf(picture: Picture): BoxNode[] {
  return picture.boxes.map((box) => ({
    id: box.id,
    type: box.kind,
    position: { x: box.x, y: box.y },
    data: { box },
    width: box.width,
    height: box.height,
    style: { width: box.width, height: box.height },
    ...(box.parent === null ? {} : { parentId: box.parent }),
  }));
}

function edgesOf(picture: Picture, walked: ReadonlySet<string>): LineEdge[] {
  return picture.lines.map((line) => ({
    id: line.id,
    source: line.from,
    target: line.to,
    type: "line",
    // Lines must not hide behind the frames they run inside of, nor walked ones behind others.
    zIndex: walked.has(line.id) ? 2 : 1,
    data: { label: line.label, rail: line.rail, walked: walked.has(line.id) },
  }));
}

interface Props {
  outline: Scope;
  activity?: ReadonlyMap<string, TaskActivity>;
  /** Ids of the lines the run has gone along, as `walkedLines` gives them. */
  walked?: ReadonlySet<string>;
  selected?: string | null;
  onSelect?: (task: string) => void;
}

const none: ReadonlyMap<string, TaskActivity> = new Map();
const noLines: ReadonlySet<string> = new Set();
const margin = 20;

/** The task that was started last of those that run: the innermost of them. */
function newestRunning(activity: ReadonlyMap<string, TaskActivity>): string | null {
  let newest: Step | null = null;
  for (const { latest } of activity.values()) {
    if (latest.status === "running" && latest.seq > (newest?.seq ?? -1)) newest = latest;
  }
  return newest?.task ?? null;
}

function Graph({ outline, activity = none, walked = noLines, selected = null, onSelect }: Props) {
  const picture = useMemo(() => layout(outline), [outline]);
  const nodes = useMemo(() => nodesOf(picture), [picture]);
  const edges = useMemo(() => edgesOf(picture, walked), [picture, walked]);
  const chosen = useMemo(() => ({ activity, selected, onSelect }), [activity, selected, onSelect]);
  const host = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();

  /** As wide as there is room, never larger than life; tall workflows begin at their start. */
  const place = () => {
    const room = host.current?.getBoundingClientRect();
    if (!room || room.width === 0) return;
    const across = (room.width - 2 * margin) / picture.width;
    const down = (room.height - 2 * margin) / picture.height;
    const zoom = Math.min(1, Math.max(Math.min(across, down), Math.min(across, 0.85), 0.45));
    void flow.setViewport({
      x: Math.max(margin, (room.width - picture.width * zoom) / 2),
      y: Math.max(margin, (room.height - picture.height * zoom) / 2),
      zoom,
    });
  };

  // Shows the chosen task; of a run that nobody looks into, the one it is at, until someone pans.
  const panned = useRef(false);
  const watched = selected ?? newestRunning(activity);
  const show = (task: string | null, duration: number) => {
    const node = task === null ? undefined : flow.getInternalNode(task);
    const room = host.current?.getBoundingClientRect();
    if (!node || !room) return;
    const { x, y } = node.internals.positionAbsolute;
    const view = flow.getViewport();
    const [left, top] = [x * view.zoom + view.x, y * view.zoom + view.y];
    const seen = left > -40 && left < room.width - 60 && top > -10 && top < room.height - 30;
    if (!seen) void flow.setCenter(x + 100, y + 27, { zoom: view.zoom, duration });
  };
  useEffect(() => {
    if (selected !== null || !panned.current) show(watched, 200);
  }, [watched, selected]);

  return (
    <div ref={host} className="graph-host" role="group" aria-label="Graph of the workflow's tasks">
      <ChosenContext value={chosen}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onInit={() => {
            place();
            show(watched, 0);
          }}
          onMoveStart={(gesture) => {
            if (gesture) panned.current = true;
          }}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          // The page scrolls with the wheel; Ctrl and the wheel zooms, dragging pans.
          zoomOnScroll={false}
          preventScrolling={false}
          zoomOnDoubleClick={false}
          minZoom={0.15}
          maxZoom={1.6}
          proOptions={{ hideAttribution: true }}
        >
          <Controls showInteractive={false} fitViewOptions={{ maxZoom: 1, padding: 0.06 }} />
        </ReactFlow>
      </ChosenContext>
    </div>
  );
}

/** The definition as boxes and lines, each task with what it has done so far. */
export default function RunGraph(props: Props) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}
