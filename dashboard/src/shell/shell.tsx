import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useEffect, useRef, type ComponentType, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { MoonIcon, OverviewIcon, RunsIcon, SunIcon, TreeIcon, WorkflowsIcon } from "../components/icons";
import { Connection } from "./connection";
import "./shell.css";

const places: { path: string; label: string; icon: ComponentType }[] = [
  { path: "/", label: "Overview", icon: OverviewIcon },
  { path: "/workflows", label: "Workflows", icon: WorkflowsIcon },
  { path: "/runs", label: "Runs", icon: RunsIcon },
  { path: "/tree", label: "Tree", icon: TreeIcon },
];

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Use the ${other} scheme`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Use the ${other} scheme`}
        onClick={() => setColorScheme(other)}
      >
        {scheme === "dark" ? <SunIcon /> : <MoonIcon />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Navigation beside (below, on small screens) the page; keyboard users may skip to the page. */
export function Shell({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // A new page begins at its top, for eyes and for screen readers; not when the app just loaded.
    if (first.current) {
      first.current = false;
      return;
    }
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [location]);
  const isHere = (path: string) => (path === "/" ? location === "/" : location.startsWith(path));
  return (
    <div className="shell">
      <a className="shell-skip" href="#main">
        Skip to content
      </a>
      <header className="shell-bar">
        <Link href="/" className="shell-brand">
          <img src="/favicon.svg" alt="" width="22" height="22" />
          Steward
        </Link>
        <nav aria-label="Main" className="shell-nav">
          {places.map(({ path, label, icon: Icon }) => (
            <Link key={path} href={path} aria-current={isHere(path) ? "page" : undefined}>
              <Icon />
              <span>{label}</span>
            </Link>
          ))}
        </nav>
        <div className="shell-foot">
          <Connection />
          <SchemeToggle />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className="shell-main">
        {children}
      </main>
    </div>
  );
}
