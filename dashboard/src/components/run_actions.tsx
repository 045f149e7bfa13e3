import { Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { useRunAction } from "../api/queries";
import { isFinal, type Run } from "../api/types";

/** What can be done to a run in its state. Cancelling cannot be undone, so it asks first. */
export function RunActions({ run }: { run: Run }) {
  const action = useRunAction(run.id);
  const [asking, setAsking] = useState(false);
  if (isFinal(run.status)) return null;
  const busy = (name: string) => action.isPending && action.variables === name;
  return (
    <div>
      <Group gap="xs" justify="flex-end">
        {run.status === "suspended" ? (
          <Button variant="light" loading={busy("resume")} onClick={() => action.mutate("resume")}>
            Resume
          </Button>
        ) : (
          <Button variant="default" loading={busy("suspend")} onClick={() => action.mutate("suspend")}>
            Suspend
          </Button>
        )}
        <Button variant="default" loading={busy("cancel")} onClick={() => setAsking(true)}>
          Cancel run
        </Button>
      </Group>
      {action.isError && (
        <Text role="alert" size="sm" c="var(--faulted)" mt={6} ta="right">
          {action.error.message}
        </Text>
      )}
      <Modal opened={asking} onClose={() => setAsking(false)} title="Cancel this run?">
        <Text size="sm">It ends where it is. What it has done stays done, and it cannot be resumed.</Text>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            Let it run
          </Button>
          <Button
            color="red.8"
            onClick={() => {
              setAsking(false);
              action.mutate("cancel");
            }}
          >
            Cancel run
          </Button>
        </Group>
      </Modal>
    </div>
  );
}
