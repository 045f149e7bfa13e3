import { Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { usePauseEverything } from "../api/owner_actions";
import { useGovernance } from "../api/owner_queries";
import { PauseIcon } from "./icons";

/** The emergency stop; the banner that then shows continues. */
export function PauseEverything() {
  const governance = useGovernance();
  const pause = usePauseEverything();
  const [asking, setAsking] = useState(false);
  if (!governance.data || governance.data.paused) return null;
  return (
    <>
      <Button color="red.9" size="sm" leftSection={<PauseIcon />} onClick={() => setAsking(true)}>
        Pause everything
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Pause all agents?">
        <Text size="sm">
          No agent decides or writes to anybody until you continue. Messages that were sent stay sent; customers who
          answer them are still heard.
        </Text>
        {pause.isError && (
          <Text role="alert" size="sm" mt="sm" c="var(--faulted)">
            {pause.error.message}
          </Text>
        )}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            Let them work
          </Button>
          <Button
            color="red.9"
            loading={pause.isPending}
            onClick={() => pause.mutate(true, { onSuccess: () => setAsking(false) })}
          >
            Pause everything
          </Button>
        </Group>
      </Modal>
    </>
  );
}
