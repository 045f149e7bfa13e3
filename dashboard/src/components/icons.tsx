/** The few signs the application uses, drawn on a 16 px grid in the current text colour. */
import type { ReactNode } from "react";

function icon(content: ReactNode) {
  return function Icon({ size = 16 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {content}
      </svg>
    );
  };
}

export const OverviewIcon = icon(<path d="M2 9.5h2.5L6.5 4l3 8.5 2-5H14" />);
export const WorkflowsIcon = icon(
  <>
    <rect x="2" y="2.5" width="5" height="4" rx="1" />
    <rect x="9" y="9.5" width="5" height="4" rx="1" />
    <path d="M4.5 6.5v3a2 2 0 0 0 2 2H9" />
  </>,
);
export const RunsIcon = icon(<path d="M2.5 4h.01M2.5 8h.01M2.5 12h.01M5.5 4H14M5.5 8H14M5.5 12H11" />);
export const TreeIcon = icon(
  <>
    <circle cx="8" cy="3.5" r="1.7" />
    <circle cx="3.5" cy="12.5" r="1.7" />
    <circle cx="12.5" cy="12.5" r="1.7" />
    <path d="M8 5.2V8M3.5 10.8V9.5A1.5 1.5 0 0 1 5 8h6a1.5 1.5 0 0 1 1.5 1.5v1.3" />
  </>,
);
export const CheckIcon = icon(<path d="m3.5 8.5 3 3 6-7" />);
export const CrossIcon = icon(<path d="m4.5 4.5 7 7m0-7-7 7" />);
export const DotsIcon = icon(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.4" />);
export const PlayIcon = icon(<path d="M5 3.5v9l7.5-4.5z" fill="currentColor" />);
export const PauseIcon = icon(<path d="M5.5 4v8M10.5 4v8" strokeWidth="2" />);
export const ClockIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M8 5v3l2 1.5" />
  </>,
);
export const StopIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.5" />
    <path d="m4.5 11.5 7-7" />
  </>,
);
export const SkipIcon = icon(<path d="M3 8h8M8.5 4.5 12 8l-3.5 3.5M14 4v8" />);
export const ChevronIcon = icon(<path d="m6 4 4 4-4 4" />);
export const BackIcon = icon(<path d="m10 4-4 4 4 4" />);
export const CopyIcon = icon(
  <>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.7" />
    <path d="M8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1" />
  </>,
);
export const MoonIcon = icon(<path d="M13.5 9.5A5.7 5.7 0 0 1 6.5 2.5a5.7 5.7 0 1 0 7 7z" />);
export const UploadIcon = icon(<path d="M8 10.5v-8M4.5 5.5 8 2l3.5 3.5M2.5 11v1.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V11" />);
export const RetryIcon = icon(<path d="M13 3.5V7H9.5M12.7 7A5 5 0 1 0 13 9.5" />);
export const AlertIcon = icon(<path d="M8 2.5 14 13H2zM8 6.5v3M8 11.4h.01" />);
export const UpIcon = icon(<path d="M8 12.5v-9M4.5 7 8 3.5 11.5 7" />);
export const DownIcon = icon(<path d="M8 3.5v9M4.5 9 8 12.5 11.5 9" />);
export const ApprovalsIcon = icon(
  <>
    <path d="M13.5 8a5.5 5.5 0 1 1-2.2-4.4" />
    <path d="m5.5 7.5 2.3 2.3 5.7-5.8" />
  </>,
);
export const AgentsIcon = icon(
  <>
    <rect x="3" y="5.5" width="10" height="7.5" rx="2" />
    <path d="M8 5.5V3M6 9h.01M10 9h.01M1.5 8.5v2M14.5 8.5v2" />
  </>,
);
export const DecisionsIcon = icon(
  <>
    <path d="M8 14V9.5L4 5.5V3M8 9.5l4-4V3" />
    <path d="m2.3 4.5 1.7-2 1.7 2M10.3 4.5l1.7-2 1.7 2" />
  </>,
);
export const GovernanceIcon = icon(<path d="M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3" />);
export const CalendarIcon = icon(
  <>
    <rect x="2.5" y="3.5" width="11" height="10" rx="1.5" />
    <path d="M2.5 6.5h11M5.5 2v2.5M10.5 2v2.5" />
  </>,
);
export const EyeIcon = icon(
  <>
    <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" />
    <circle cx="8" cy="8" r="2" />
  </>,
);
