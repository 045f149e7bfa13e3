import { Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { useKill, useTree } from "../api/queries";
import type { TreeNode } from "../api/types";
import { ActorTree } from "../components/actor_tree";
import { Failed, Loading } from "../components/placeholders";
import { useTitle } from "./use_title";

function totals(node: TreeNode): { actors: number; restarts: number } {
  return node.children.map(totals).reduce(
    (sum, one) => ({ actors: sum.actors + one.actors, restarts: sum.restarts + one.restarts }),
    { actors: 1 + node.hidden, restarts: node.restarts },
  );
}

function KillDialog({ node, close }: { node: TreeNode; close: () => void }) {
  const kill = useKill();
  return (
    <Modal opened onClose={close} title={`Kill ${node.name}?`}>
      <Text size="sm">
        The actor at <code className="mono">{node.path}</code> ends at once. Its supervisor restarts it
        {node.children.length > 0 ? ", with all its children," : ""} by its policy, from durable state.
      </Text>
      {kill.isError && (
        <Text role="alert" size="sm" mt="sm" c="var(--faulted)">
          {kill.error.message}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          Keep it
        </Button>
        <Button
          color="red.8"
          loading={kill.isPending}
          onClick={() => kill.mutate(node.path, { onSuccess: close })}
        >
          Kill actor
        </Button>
      </Group>
    </Modal>
  );
}

export function TreePage() {
  useTitle("Supervision tree");
  const tree = useTree();
  const [doomed, setDoomed] = useState<TreeNode | null>(null);
  const sums = tree.data && totals(tree.data);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Supervision tree</h1>
          <p>
            {sums
              ? `${sums.actors} actors, ${sums.restarts === 1 ? "1 restart" : `${sums.restarts} restarts`} since they started`
              : "Who watches over whom, and how they fare"}
          </p>
        </div>
      </div>
      <section className="card" aria-label="Actors">
        {tree.isPending && <Loading what="the tree" lines={10} />}
        {tree.isError && !tree.data && (
          <Failed what="The tree" error={tree.error} retry={() => void tree.refetch()} />
        )}
        {tree.data && <ActorTree root={tree.data} onKill={setDoomed} />}
      </section>
      {doomed && <KillDialog node={doomed} close={() => setDoomed(null)} />}
    </>
  );
}
