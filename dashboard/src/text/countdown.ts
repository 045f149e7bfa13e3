/** Time that is left, and how urgent that is. */

/** "2 d 3 h", "1 h 05 min", "4:09 min", "0:09 min"; whole seconds, never negative. */
export function formatLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export interface TimeLeft {
  ms: number;
  over: boolean;
  /** 1 at the beginning, 0 at the end; 0 where the beginning is not known. */
  share: number;
  /** Hurry: little of it is left, or little at all. */
  soon: boolean;
}

export function timeLeft(end: number, now: number, begin: number | null = null): TimeLeft {
  const ms = end - now;
  const whole = begin === null ? 0 : end - begin;
  const share = whole > 0 ? Math.min(1, Math.max(0, ms / whole)) : 0;
  return { ms, over: ms <= 0, share, soon: ms < 120_000 || (whole > 0 && share < 0.2) };
}
