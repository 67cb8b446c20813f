/** A page of the console as the navigation and the keys know it. */
interface PageLink {
  readonly path: string;
  readonly title: string;
  /** Pressed after `g`. */
  readonly key: string;
}

/** The pages, in order. */
export const LINKS = [
  { path: "", title: "Overview", key: "o" },
  { path: "events", title: "Events", key: "e" },
  { path: "targets", title: "Targets", key: "t" },
  { path: "carbon", title: "Carbon", key: "c" },
  { path: "policies", title: "Policies", key: "p" },
  { path: "costs", title: "Costs", key: "s" },
  { path: "escalations", title: "Escalations", key: "x" },
  { path: "config", title: "Configuration", key: "f" },
] as const satisfies readonly PageLink[];

/** The address of a page. */
export const pageHref = (path: string): string => (path === "" ? "/console" : `/console/${path}`);
