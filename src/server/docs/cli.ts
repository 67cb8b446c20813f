import { escapeHtml } from "./escape-html.ts";
import { code, type DocsPage, heading, prose, table } from "./html.ts";

/** A command, as the reference shows it. */
export interface CommandFacts {
  readonly name: string;
  readonly summary: string;
  readonly positionals: string;
  readonly options: Readonly<
    Record<string, { readonly type: string; readonly multiple?: boolean | undefined; readonly help: string }>
  >;
  readonly example: string;
}

/** Every command; they stand above the server, so it is given them. */
export function cliPage(all: readonly CommandFacts[]): DocsPage {
  return {
    path: "/docs/cli",
    title: "Commands",
    summary:
      "Every command of `weir`. A flag that is not given is read from `WEIR_` and its name in capitals (`WEIR_POLICY_CONFIG`). Results go to stdout, everything else to stderr. Exit code: 0 done, 1 failed, 2 wrong usage or configuration.",
    body() {
      const links = all.map(({ name, summary }) => ({
        cells: [`<a href="#${anchor(name)}">${code(`weir ${name}`)}</a>`, prose(summary)],
      }));
      return [table(["command", "does"], links), ...all.map(section)].join("\n");
    },
  };
}

const anchor = (name: string): string => escapeHtml(name.replaceAll(" ", "-"));

function section({ name, summary, positionals, options, example }: CommandFacts): string {
  const rows = Object.entries(options).map(([flag, { type, multiple, help }]) => {
    const value = type === "boolean" ? "" : multiple === true ? " VALUE …" : " VALUE";
    return { cells: [code(`--${flag}${value}`), prose(help)] };
  });
  const usage = ["weir", name, positionals, rows.length === 0 ? "" : "[flags]"].filter((part) => part !== "").join(" ");
  const flags = rows.length === 0 ? "" : table(["flag", "meaning"], rows);
  return `${heading(2, anchor(name), code(`weir ${name}`))}<p>${prose(summary)}.</p><pre tabindex="0">${escapeHtml(usage)}</pre>${flags}<p>Example: ${code(example)}</p>`;
}
