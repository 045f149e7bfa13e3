import { useGovernance, usePack, usePacks } from "../api/owner_queries";
import type { Pack, PackSettings } from "../api/owner_types";

export interface Installed {
  /** Null while it is not known, or can't be: the server may be older than packs. */
  any: boolean | null;
  salon: boolean;
  settings: PackSettings;
}

const nameOf = (pack: Pack) => pack.name ?? pack.pack ?? "";

export function installedOf(packs: Pack[] | undefined): Installed {
  if (!packs) return { any: null, salon: false, settings: {} };
  const installed = packs.filter((pack) => pack.installed !== false);
  const salon = installed.find((pack) => nameOf(pack) === "salon");
  return {
    any: installed.length > 0,
    salon: salon !== undefined,
    settings: (salon ?? installed[0])?.settings ?? {},
  };
}

/** What the tenant has installed, with its zone and currency. */
export function useInstalled(): Installed {
  const installed = installedOf(usePacks().data?.items);
  const unknown = installed.salon && !installed.settings.zone;
  // A list may be short of settings; the pack itself has them.
  const pack = usePack("salon", unknown);
  // What the owner has changed of them is kept with the rules.
  const changed = useGovernance(installed.any === true).data?.settings;
  return { ...installed, settings: { ...installed.settings, ...pack.data?.settings, ...changed } };
}
