import { useEffect, useState } from "preact/hooks";

/** Where the console is: the path below `/console/`, and the query, which holds filters. */
export interface Place {
  /** `events/req-1` and the like; empty: the overview. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const CHANGED = "weir:place";

function current(): Place {
  const path = location.pathname.replace(/^\/console\/?/, "").replace(/\/+$/, "");
  return { path, query: new URLSearchParams(location.search) };
}

/** Goes to a page of the console without loading anything anew. */
export function go(href: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", href);
  else {
    history.pushState(null, "", href);
    scrollTo(0, 0);
  }
  dispatchEvent(new Event(CHANGED));
}

/** The place, kept up with links, filters and the back button. */
export function usePlace(): Place {
  const [place, setPlace] = useState(current);
  useEffect(() => {
    const moved = () => setPlace(current());
    addEventListener("popstate", moved);
    addEventListener(CHANGED, moved);
    return () => {
      removeEventListener("popstate", moved);
      removeEventListener(CHANGED, moved);
    };
  }, []);
  return place;
}

/** The same page with other filters; an empty value takes its filter away. */
export function withQuery(changes: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  return `${location.pathname}${query.size === 0 ? "" : `?${query}`}`;
}

/** Follows links within the console by {@link go}; everything else stays the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target !== "" || link.hasAttribute("download")) return;
  if (link.origin !== location.origin || !/^\/console(?:\/|$)/.test(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
