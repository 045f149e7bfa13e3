import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useEffect, useRef, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { usePendingApprovals } from "../api/owner_queries";
import { DotsIcon, MoonIcon, SunIcon } from "../components/icons";
import { useInstalled } from "../owner/packs";
import { Connection } from "./connection";
import { placesOf, type Place } from "./places";
import "./shell.css";

/** How many approvals wait; silent while that is not known. */
function PendingCount() {
  const pending = usePendingApprovals();
  const count = pending.data?.items.filter((one) => one.status === "pending").length ?? 0;
  if (count === 0) return null;
  const text = `${count}${pending.data?.next ? "+" : ""}`;
  return (
    <span className="shell-count" role="status">
      {text}
      <span className="visually-hidden"> waiting</span>
    </span>
  );
}

function PlaceLink({ place, here }: { place: Place; here: boolean }) {
  const { path, label, icon: Icon, primary } = place;
  return (
    <Link href={path} aria-current={here ? "page" : undefined} data-primary={primary}>
      <Icon />
      <span>{label}</span>
      {path === "/approvals" && <PendingCount />}
    </Link>
  );
}

/** What a small screen has no room for at its bottom. */
function MoreMenu({ places, here }: { places: Place[]; here: (path: string) => boolean }) {
  return (
    <Menu position="top-end" shadow="md" width={200}>
      <Menu.Target>
        <button type="button" className="shell-more" data-here={places.some(({ path }) => here(path))}>
          <DotsIcon />
          <span>More</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {places.map(({ path, label, icon: Icon }) => (
          <Menu.Item key={path} component={Link} href={path} leftSection={<Icon />} aria-current={here(path) ? "page" : undefined}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

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
  const { salon } = useInstalled();
  const places = placesOf(salon);
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
          {places.map((place) => (
            <PlaceLink key={place.path} place={place} here={isHere(place.path)} />
          ))}
          <MoreMenu places={places.filter(({ primary }) => !primary)} here={isHere} />
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
