import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Carbon } from "./pages/carbon.tsx";
import { Config } from "./pages/config.tsx";
import { Costs } from "./pages/costs.tsx";
import { Escalations } from "./pages/escalations.tsx";
import { EventPage } from "./pages/event.tsx";
import { Events } from "./pages/events.tsx";
import { Overview } from "./pages/overview.tsx";
import { Policies } from "./pages/policies.tsx";
import { Targets } from "./pages/targets.tsx";
import { Keys } from "./parts/keys.tsx";
import { LINKS } from "./parts/links.ts";
import { ReachBanner } from "./parts/reach.tsx";
import { Side } from "./parts/side.tsx";
import { followLinks, usePlace } from "./router.ts";

/** Pages by the first part of their path; the rest of it is theirs. */
const PAGES: Readonly<Record<(typeof LINKS)[number]["path"], ComponentType>> = {
  "": Overview,
  events: Events,
  targets: Targets,
  carbon: Carbon,
  policies: Policies,
  costs: Costs,
  escalations: Escalations,
  config: Config,
};

/** The whole console. */
export function App() {
  const { path, query } = usePlace();
  const [name = "", id] = path.split("/");
  const known = LINKS.find((link) => link.path === name);
  const title = known === undefined ? "Not found" : id === undefined ? known.title : "Request";
  useEffect(() => {
    document.title = `${title} · Weir`;
  }, [title]);
  useEffect(() => {
    document.addEventListener("click", followLinks);
    return () => document.removeEventListener("click", followLinks);
  }, []);
  const Page = known && PAGES[known.path];
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Side at={name} />
      <main id="main" tabIndex={-1} key={path}>
        {Page === undefined ? (
          <div class="empty">
            <h1>There is no page here</h1>
            <p>
              <a href="/console">To the overview</a>
            </p>
          </div>
        ) : name === "events" && id !== undefined ? (
          <EventPage id={decoded(id)} row={query.get("row")} />
        ) : (
          <Page />
        )}
      </main>
      <Keys />
      <ReachBanner />
    </div>
  );
}

/** A part of a path; one that somebody wrote by hand and wrongly stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
