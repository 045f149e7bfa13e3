import { Tooltip } from "@mantine/core";
import { useNow } from "../components/use_now";
import { useFeed, useFeedState } from "../live/feed_context";

/** Whether what is on screen is live; while it is not, a click tries again at once. */
export function Connection() {
  const feed = useFeed();
  const state = useFeedState(feed);
  const now = useNow();
  if (state.phase === "waiting") {
    const seconds = Math.max(0, Math.ceil((state.until - now) / 1000));
    return (
      <Tooltip label={`No live updates. Trying again in ${seconds} s; click to try now.`}>
        <button type="button" className="connection connection-waiting" onClick={() => feed.retryNow()}>
          <span className="connection-dot" />
          <span role="status">Offline</span>
        </button>
      </Tooltip>
    );
  }
  const label = state.phase === "open" ? "Live" : state.phase === "closed" ? "Paused" : "Connecting";
  return (
    <span className={`connection connection-${state.phase}`}>
      <span className="connection-dot" />
      <span role="status">{label}</span>
    </span>
  );
}
