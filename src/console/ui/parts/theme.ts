/** What a person chose: one of the two, or whatever the system has. */
export type Theme = "system" | "light" | "dark";

const KEY = "weir-theme";
const system = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

/** The choice that is kept in this browser. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Puts a theme in force and keeps it. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  show();
}

function show(): void {
  const theme = chosenTheme();
  const dark = theme === "dark" || (theme === "system" && system().matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  dispatchEvent(new Event("weir:theme"));
}

/** Shows the chosen theme, and keeps up with the system's. */
export function startTheme(): void {
  show();
  system().addEventListener("change", show);
}
