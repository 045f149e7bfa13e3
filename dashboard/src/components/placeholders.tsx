/** What stands where data would: nothing there, not there yet, could not be had. */
import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import "./placeholders.css";

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="placeholder">
      <p className="placeholder-title">{title}</p>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Failed({ what, error, retry }: { what: string; error: unknown; retry?: () => void }) {
  const reason = error instanceof Error ? error.message : String(error);
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div className="placeholder" role="alert">
      <p className="placeholder-title">
        {missing ? `${what} does not exist` : `${what} could not be loaded`}
      </p>
      <p>{reason}</p>
      {retry && !missing && (
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Loading({ what, lines = 4 }: { what: string; lines?: number }) {
  return (
    <div className="placeholder-lines" role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={14} width={`${92 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  );
}
