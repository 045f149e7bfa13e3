import { Button } from "@mantine/core";
import { useGovernance } from "../api/owner_queries";
import { usePauseEverything } from "../api/owner_actions";
import { EyeIcon, PauseIcon } from "./icons";
import "./pause_banner.css";

/** Says on every owner's page that no agent acts, or that they only pretend to. */
export function PauseBanner() {
  const governance = useGovernance();
  const pause = usePauseEverything();
  if (!governance.data) return null;
  const { paused, shadow } = governance.data;
  if (!paused && !shadow) return null;
  return (
    <div className="pause-banner" role="status">
      {paused ? <PauseIcon size={18} /> : <EyeIcon size={18} />}
      <p>
        {paused ? (
          <>
            <strong>Everything is paused.</strong> No agent decides or writes to anybody until you continue.
          </>
        ) : (
          <>
            <strong>Shadow mode.</strong> Agents decide and write down what they would have done, and do nothing.
          </>
        )}
        {pause.isError && <span className="pause-banner-refused"> {pause.error.message}</span>}
      </p>
      {paused && (
        <Button size="sm" loading={pause.isPending} onClick={() => pause.mutate(false)}>
          Continue
        </Button>
      )}
    </div>
  );
}
