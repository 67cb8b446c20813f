import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadResult, loadConfig } from "../../src/config/load.ts";
import type { Problem } from "../../src/config/problem.ts";

/**
 * A case as text: `==== title`, then sections that each begin with `---- name`. Sections named `*.yaml` are the files in
 * order (lines `@head`, `@chain`, `@target` stand for the least a document needs); `env` and `flags` hold `NAME=value`
 * lines. What is expected: `errors` (all of them; none where the section is missing), `warnings` (all of them, where the
 * section is there), `config` (JSON: dotted path → value) and `origins` (`path: origin` lines).
 */
export interface Case {
  readonly title: string;
  readonly files: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, string>>;
  readonly expected: {
    readonly errors: readonly string[];
    readonly warnings?: readonly string[];
    readonly config?: Readonly<Record<string, unknown>>;
    readonly origins?: readonly string[];
  };
}

const MACROS: Readonly<Record<string, string>> = {
  "@head": "pack: {name: x, version: 1.0.0, enabled: true}",
  "@chain": "policies: {chain: []}",
  "@target": "providers: {targets: [{id: a, provider: simulated, model: m}]}",
};

/** Every case of every file below `cases/`, with the file's name in front of its title. */
export function readCases(): readonly Case[] {
  const folder = join(import.meta.dir, "cases");
  return readdirSync(folder)
    .sort()
    .flatMap((file) => parseCases(file, readFileSync(join(folder, file), "utf8")));
}

function parseCases(file: string, text: string): readonly Case[] {
  return text
    .split(/^==== /m)
    .slice(1)
    .map((block) => {
      const [title = "", ...rest] = block.split("\n");
      return parseCase(`${file.replace(".txt", "")}: ${title}`, rest.join("\n"));
    });
}

function parseCase(title: string, body: string): Case {
  const files = new Map<string, string>();
  const sections = new Map<string, string>();
  for (const section of body.split(/^---- /m).slice(1)) {
    const [name = "", ...lines] = section.split("\n");
    const text = lines.map((line) => MACROS[line] ?? line).join("\n");
    (name.endsWith(".yaml") ? files : sections).set(name.trim(), text);
  }
  const warnings = sections.get("warnings");
  const config = sections.get("config");
  const origins = sections.get("origins");
  return {
    title,
    files,
    env: pairs(sections.get("env")),
    flags: pairs(sections.get("flags")),
    expected: {
      errors: linesOf(sections.get("errors")),
      ...(warnings === undefined ? {} : { warnings: linesOf(warnings) }),
      ...(config === undefined ? {} : { config: JSON.parse(config) }),
      ...(origins === undefined ? {} : { origins: linesOf(origins) }),
    },
  };
}

function linesOf(text = ""): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function pairs(text?: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** Loads a case's files from memory. */
export function run({ files, env, flags }: Case): LoadResult {
  return loadConfig({
    files: [...files.keys()],
    env,
    flags,
    readFile: (path) => new TextEncoder().encode(files.get(path)),
  });
}

/** `a.yaml:3:5 E002 providers.targets[0].modle ~ model` */
export function lineOf({ file, line, column, code, path, suggestion }: Problem): string {
  const where = line === null ? file : `${file}:${line}:${column}`;
  return [where, code, path, ...(suggestion === undefined ? [] : ["~", suggestion])]
    .filter((part) => part !== "")
    .join(" ");
}

/** The value at a dotted path with `[n]` steps; keys that hold dots cannot be asked for. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path.split(/\.|\[|\]/).filter((part) => part !== "")) {
    current = (current as Record<string, unknown> | undefined)?.[step];
  }
  return current;
}
