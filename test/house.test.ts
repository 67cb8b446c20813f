import { describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { dependencies } from "../package.json";
import { WORKERS } from "../scripts/build.ts";
import { exists, importsOf, ROOT, type SourceFile, sources } from "./support/source.ts";

/** An import goes to its own folder or to a lower floor. */
const FLOORS: Readonly<Record<string, number>> = {
  "main.ts": 7,
  cli: 6,
  server: 5,
  scheduler: 5,
  gateway: 4,
  config: 3,
  policies: 2,
  routing: 2,
  providers: 2,
  grid: 2,
  store: 2,
  console: 2,
  carbon: 1,
  detect: 1,
  lib: 1,
  schema: 0,
};
/** On floor 1, these two may use `lib`. */
const USES_LIB = ["carbon", "detect"];
/** Packages that must not leak out of one folder. */
const HOMES: Readonly<Record<string, string>> = { elysia: "server", yaml: "config", pino: "cli" };
/** Folders of plugins: their contract, and files that are neither plugin nor contract. */
const PLUGIN_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  policies: ["policy"],
  routing: ["strategy"],
  providers: ["provider"],
  grid: ["source"],
  store: ["store", "escalations", "receipts"],
  scheduler: ["job"],
  cli: ["command", "cli"],
  "detect/recognisers": ["recogniser"],
};

const source = await sources("src/**/*.{ts,tsx}");
const folderOf = (path: string): string => path.split("/")[1] ?? "";
const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/(?:\.d)?\.tsx?$/, "");
const packageOf = (name: string): string =>
  (name.startsWith("@") ? /^@[^/]+\/[^/]+/ : /^[^/]+/).exec(name)?.[0] ?? name;

/** What is wrong with one import of one file, or null. */
function fault(file: SourceFile, specifier: string): string | null {
  const from = folderOf(file.path);
  if (!specifier.startsWith(".")) {
    if (/^(?:node|bun)(?::|$)/.test(specifier)) return null;
    const name = packageOf(specifier);
    if (!(name in dependencies)) return `"${name}" is no runtime dependency`;
    const home = HOMES[name];
    return home === undefined || home === from ? null : `"${name}" belongs to src/${home} only`;
  }
  const target = join(dirname(file.path), specifier);
  if (!exists(target)) return `"${specifier}" is not there, or has no file ending`;
  if (target === "package.json" || target.startsWith("config/")) return null;
  if (!target.startsWith("src/")) return `"${specifier}" leaves src`;
  const to = folderOf(target);
  if (to === from || (to === "lib" && USES_LIB.includes(from))) return null;
  return (FLOORS[from] ?? -1) > (FLOORS[to] ?? 99) ? null : `src/${from} must not import src/${to}`;
}

function offences(pattern: RegExp, files: readonly SourceFile[] = source): string[] {
  return files.flatMap((file) =>
    file.code.split("\n").flatMap((line, at) => (pattern.test(line) ? [`${file.path}:${at + 1}: ${line.trim()}`] : [])),
  );
}

describe("the house", () => {
  test("has a floor for every folder", () => {
    expect(source.length).toBeGreaterThan(20);
    expect([...new Set(source.map((file) => folderOf(file.path)))].filter((folder) => !(folder in FLOORS))).toEqual([]);
  });

  test("imports go down", () => {
    const faults = source.flatMap((file) =>
      importsOf(file).flatMap((specifier) => {
        const why = fault(file, specifier);
        return why === null ? [] : [`${file.path}: ${why}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test.each([
    ["src/policies/x.ts", "../providers/provider.ts", "src/policies must not import src/providers"],
    ["src/lib/x.ts", "../gateway/gateway-api.ts", "src/lib must not import src/gateway"],
    ["src/carbon/x.ts", "../lib/ids.ts", null],
    ["src/lib/x.ts", "../schema/chat.ts", null],
    ["src/schema/x.ts", "../lib/ids.ts", "src/schema must not import src/lib"],
    ["src/gateway/x.ts", "elysia", '"elysia" belongs to src/server only'],
    ["src/lib/x.ts", "openai", '"openai" is no runtime dependency'],
    ["src/lib/x.ts", "./ids", '"./ids" is not there, or has no file ending'],
    ["src/lib/x.ts", "../../test/house.test.ts", '"../../test/house.test.ts" leaves src'],
    ["src/lib/x.ts", "node:path", null],
  ])("of %s to %s: %p", (path, specifier, expected) => {
    expect(fault({ path, text: "", code: "" }, specifier)).toBe(expected);
  });

  test("files are named in kebab-case after what they do, and hold at most 300 lines", async () => {
    const files = [...source, ...(await sources("scripts/**/*.ts"))];
    const long = files.filter((file) => file.text.split("\n").length > 301).map((file) => file.path);
    const named = files.filter((file) => !/^_?[a-z0-9]+(?:-[a-z0-9]+)*$/.test(baseOf(file.path)));
    const vague = files.filter((file) => /\b(?:utils?|helpers?|common|misc)\b/.test(file.path));
    expect({ long, named: named.map((file) => file.path), vague: vague.map((file) => file.path) }).toEqual({
      long: [],
      named: [],
      vague: [],
    });
  });

  test("no any, no default export, no enum, no parameter properties", () => {
    expect(offences(/(?::|\bas|<|\||&|\bextends)\s*any\b(?=\s*(?:[;,)>\]=|&{}]|\[|$))/)).toEqual([]);
    expect(offences(/^export (?:default\b|\{[^}]*\bas default\b)/)).toEqual([]);
    expect(offences(/^\s*(?:export )?(?:declare )?(?:const )?enum\s+\w/)).toEqual([]);
    expect(offences(/^\s*constructor\((?:.*, )?(?:private|public|protected|readonly) /)).toEqual([]);
  });

  test("every exported thing says what it promises", () => {
    const silent = source.flatMap((file) => {
      const lines = file.text.split("\n");
      return lines.flatMap((line, at) => {
        const name = /^export (?:async )?(?:abstract )?(?:const|function\*?|class|interface|type) (\w+)/.exec(
          line,
        )?.[1];
        const ofValue = new RegExp(
          `^export type ${name} = (?:Static<)?\\(?typeof ${name}\\b|^export type ${name} = .*typeof`,
        );
        if (name === undefined || ofValue.test(line) || /\*\/\s*$/.test(lines[at - 1] ?? "")) return [];
        return [`${file.path}:${at + 1}: ${name}`];
      });
    });
    expect(silent).toEqual([]);
  });
});

describe("plugins", () => {
  const folders = Object.entries(PLUGIN_FOLDERS);
  const inFolder = (folder: string): string[] =>
    source.filter((file) => dirname(file.path) === `src/${folder}`).map((file) => baseOf(file.path));

  test.each(folders)("of %s: one file, one line", async (folder, others) => {
    const plugins = inFolder(folder).filter(
      (name) => !name.startsWith("_") && name !== "index" && !others.includes(name),
    );
    if (!inFolder(folder).includes("index")) return expect(plugins).toEqual([]);
    const index: object = await import(`${ROOT}src/${folder}/index.ts`);
    // a registry that nobody looks things up in may be a list
    const registered = Object.values(index).flatMap((registry: object): [string, unknown][] =>
      Array.isArray(registry) ? registry.map((plugin) => [plugin.name, plugin]) : Object.entries(registry),
    );
    const names = registered.map(([key, plugin]) => (plugin as { name?: string }).name ?? key);
    expect(names.map((name) => name.replaceAll(/[ _]/g, "-")).sort()).toEqual(plugins.sort());
    if (folder !== "cli") expect(registered.map(([key]) => key)).toEqual(names);
  });

  test("an index holds imports and records only", () => {
    const registries = folders.map(([folder]) => `src/${folder}/index.ts`);
    const files = source.filter((file) => registries.includes(file.path));
    expect(offences(/=>|\bfunction\b|\bclass\b|\bif\b/, files)).toEqual([]);
  });
});

describe("every source file loads", () => {
  const alone = ["src/main.ts", ...WORKERS];
  const files = source.map((file) => file.path).filter((path) => !alone.includes(path) && !path.endsWith(".d.ts"));

  test.each(files)("%s", async (path) => {
    expect(typeof (await import(ROOT + path))).toBe("object");
  });

  test.each([...WORKERS])("%s, as a worker", async (path) => {
    const worker = new Worker(ROOT + path);
    const opened = new Promise<string>((resolve) => {
      worker.addEventListener("open", () => resolve("open"));
      worker.addEventListener("error", (event) => resolve(event.message));
    });
    expect(await opened).toBe("open");
    worker.terminate();
  });
});
