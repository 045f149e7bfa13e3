import { Button } from "@mantine/core";
import { useInstallPack } from "../api/owner_actions";
import { CalendarIcon } from "./icons";
import "./install_pack.css";

/** Where agents would be, as long as no pack has brought any. */
export function InstallPack() {
  const install = useInstallPack();
  return (
    <section className="card install-pack" aria-labelledby="install-pack">
      <span className="install-pack-sign">
        <CalendarIcon size={28} />
      </span>
      <h2 id="install-pack">Let agents look after a salon</h2>
      <p>
        The salon pack brings agents that fill gaps in the day, prevent no-shows, promote from the waitlist
        and win customers back. They ask you first until you allow them more, and everything they do is
        written down.
      </p>
      <Button
        size="md"
        loading={install.isPending}
        onClick={() => install.mutate("salon")}
      >
        Install the salon pack
      </Button>
      {install.isError && (
        <p role="alert" className="install-pack-refused">
          It was not installed: {install.error.message}
        </p>
      )}
      <p className="muted">
        To see it at work first, with invented customers: <code className="mono">steward demo salon</code>
      </p>
    </section>
  );
}
