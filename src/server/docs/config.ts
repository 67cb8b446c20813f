import type { TSchema } from "@sinclair/typebox";
import { ConfigSchema } from "../../config/config.ts";
import { MOVED_KEYS, TARGET_MOVED_KEYS, TRIGGER_ALIASES } from "../../config/layers/aliases.ts";
import { LINT_CODES } from "../../config/problem.ts";
import { escapeHtml } from "./escape-html.ts";
import { code, type DocsPage, heading, prose, table } from "./html.ts";
import { keyTable } from "./keys.ts";

/** Every key of the configuration but the settings of policies, which stand with their kinds. */
export const configPage: DocsPage = {
  path: "/docs/config",
  title: "Configuration",
  summary:
    "Every key of `policy-config.yaml`. `[]` stands for each item of a list, `<name>` for a key of your own. In a value, a dollar sign and a name in braces stand for the environment variable of that name. A variable that is called `WEIR__` and the path, with two underscores between its steps, takes the place of a value. `weir config show --effective` tells where each came from.",
  body() {
    const sections = Object.entries(ConfigSchema.properties as Record<string, TSchema>);
    const links = sections.map(([key]) => `<a href="#${escapeHtml(key)}">${code(key)}</a>`).join(" ");
    return [`<p>${links}</p>`, ...sections.map(section), spellings(), problems()].join("\n");
  },
};

function section([key, schema]: readonly [string, TSchema]): string {
  const about = typeof schema.description === "string" ? `<p>${prose(schema.description)}</p>` : "";
  const required = (ConfigSchema.required as readonly string[] | undefined)?.includes(key) === true;
  const must = required && schema.default === undefined ? " <small>required</small>" : "";
  const keys =
    key === "policy"
      ? '<p>The settings of each kind stand with it: <a href="/docs/policies">Policies</a>.</p>'
      : keyTable(schema["items"] === undefined ? schema : (schema["items"] as TSchema), keyPath(key, schema));
  return `${heading(2, key, `${code(key)}${must}`)}${about}${keys}`;
}

function keyPath(key: string, schema: TSchema): string {
  return schema["items"] === undefined ? key : `${key}[]`;
}

function linkTo(key: string): string {
  const page = key.startsWith("policy.") ? "/docs/policies" : "";
  return `<a href="${page}#${escapeHtml(key)}">${code(key)}</a>`;
}

/** What other gateways' files call a key or a word. */
function spellings(): string {
  const target = (path: readonly string[]): string => ["providers", "targets[]", ...path].join(".");
  const rows = [
    ...MOVED_KEYS.map(({ from, to }) => [from.join("."), to.join(".")] as const),
    ...TARGET_MOVED_KEYS.map(({ from, to }) => [target(from), target(to)] as const),
  ].map(([from, to]) => ({ cells: [code(from), linkTo(to)] }));
  const words = Object.entries(TRIGGER_ALIASES).map(([word, meant]) => `${code(word)} for ${code(meant)}`);
  return `${heading(2, "spellings", "Other spellings")}<p>These are read too. Among <code>providers.fallback.triggers</code>: ${words.join(", ")}; strategies have <a href="/docs/routing">other names</a> as well.</p>${table(["written", "means"], rows)}`;
}

function problems(): string {
  const rows = Object.entries(LINT_CODES).map(([name, meaning]) => ({ id: name, cells: [code(name), prose(meaning)] }));
  return `${heading(2, "problems", "What <code>weir policy lint</code> says")}<p>With E the file is refused; with W it loads, and somebody should look.</p>${table(["code", "meaning"], rows)}`;
}
