import { useEffect, useRef, useState } from "preact/hooks";
import { csrf, version } from "../api.ts";
import { zone } from "../format.ts";
import { LINKS, pageHref } from "./links.ts";
import { applyTheme, chosenTheme, type Theme } from "./theme.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };

/** Brand, pages, theme and the way out. */
export function Side({ at }: { at: string }) {
  const [theme, setTheme] = useState(chosenTheme);
  const pages = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // on a phone the pages stand in a row that scrolls
    pages.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [at]);
  const turn = () => {
    const next = NEXT[theme];
    applyTheme(next);
    setTheme(next);
  };
  const leave = () =>
    void fetch("/console/logout", { method: "POST", headers: { "x-weir-csrf": csrf() }, redirect: "manual" }).then(() =>
      location.assign("/console/login"),
    );
  return (
    <header class="side">
      <a class="brand" href="/console">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <rect width="16" height="16" rx="4" fill="#0b6e4f" />
          <path d="M2 6h12M2 10h12M5 3v10M11 3v10" stroke="#fff" stroke-width="1.4" />
        </svg>
        Weir
      </a>
      <nav aria-label="Pages">
        <ul class="nav" ref={pages}>
          {LINKS.map(({ path, title }) => (
            <li key={path}>
              <a href={pageHref(path)} aria-current={at === path ? "page" : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="foot">
        <button type="button" onClick={turn} title="Light, dark, or as the system is">
          Theme: {theme}
        </button>
        <button type="button" onClick={leave}>
          Log out
        </button>
        <span class="version">
          Version {version()} · <a href="/docs">Reference</a> · <kbd>?</kbd> for keys
          <br />
          Times are local, <span class="whole">{zone()}</span>
        </span>
      </div>
    </header>
  );
}
