/** The server's words as an owner says them. Words that are not listed are spelled out: gap_fill -> Gap fill. */
const known: Record<string, string> = {
  full_auto: "Acts alone",
  supervised: "Asks first",
  manual_only: "Only proposes",
  no_show: "No-show",
  no_show_prevention: "No-show prevention",
  waitlist_promotion: "Waitlist promotion",
  circuit_breaker: "Stopped by errors",
  half_open: "Trying again",
  closed: "Closed",
  open: "Open",
  schedule_gap: "Gap",
  sms: "SMS",
  whatsapp: "WhatsApp",
  client: "Booked by the customer",
};

export function inWords(word: string | null | undefined): string {
  if (!word) return "–";
  const listed = known[word];
  if (listed) return listed;
  const text = word.replace(/[_-]+/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "gap_fill_agent" -> "Gap fill agent"; an agent's own title is better where it is known. */
export const agentName = (agent: { agent_name: string; title?: string | null }) => agent.title || inWords(agent.agent_name);
