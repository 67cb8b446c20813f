import { describe, expect, test } from "bun:test";
import { dependencies, scripts } from "../package.json";
import { commands } from "../src/cli/index.ts";
import { readArguments } from "../src/cli/terminal/arguments.ts";
import { loadConfig } from "../src/config/load.ts";
import { exists, ROOT } from "./support/source.ts";

const readme = await Bun.file(`${ROOT}README.md`).text();
const dockerfile = await Bun.file(`${ROOT}Dockerfile`).text();
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^\`]*)^\`\`\``, "gm"))].map((block) => block[1] ?? "");

describe("README.md", () => {
  test("shows configurations that are complete", () => {
    const [yaml, ...more] = blocks("yaml");
    const files = new Map([yaml, ...more].map((text) => [/^# (\S+\.yaml)$/m.exec(text ?? "")?.[1] ?? "unnamed", text]));
    const readFile = (path: string) => new TextEncoder().encode(files.get(path));
    const env = { MISTRAL_API_KEY: "sk", SEARCH_KEY: "sk-search", BATCH_KEY: "sk-batch" };
    expect([...files.keys()][0]).toBe("policy-config.yaml");
    expect(files.size).toBe(1 + more.length);
    // every further one is a layer over the first
    for (const file of [...files.keys()]) {
      const result = loadConfig({ files: [...new Set(["policy-config.yaml", file])], env, readFile });
      expect(result.problems.filter(({ severity }) => severity === "error")).toEqual([]);
    }
  });

  test("names commands, scripts and files that are there", () => {
    const names: readonly string[] = Object.values(commands).map(({ name }) => name);
    const called = [...readme.matchAll(/\bweir ((?:[a-z]+ )?[a-z]+)\b(?=[ `])/g)].map((match) => match[1] ?? "");
    const known = (words: string): boolean => names.includes(words) || names.includes(words.split(" ")[0] ?? "");
    expect(called).toContain("gateway run");
    expect(called.filter((words) => !known(words))).toEqual([]);
    const runs = [...readme.matchAll(/bun run ([a-z:]+)/g)].map((match) => match[1] ?? "");
    expect(runs.filter((name) => !(name in scripts))).toEqual([]);
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)|^(\.\/scripts\/\w+)/gm)].map(
      (match) => match[1] ?? match[2] ?? "",
    );
    expect(links).toContain("./scripts/start");
    expect(links.filter((path) => !exists(path))).toEqual([]);
  });

  test("keeps the place of the measured table", () => {
    expect(readme).toMatch(/^<!-- bench:start -->\n[\s\S]*^<!-- bench:end -->$/m);
  });
});

describe("NOTICE.md", () => {
  test("names every dependency that the binary holds, with its licence", async () => {
    const notice = await Bun.file(`${ROOT}NOTICE.md`).text();
    const named = new Map([...notice.matchAll(/^\| `([^`]+)` \|.*\| (\S+) \|$/gm)].map((row) => [row[1], row[2]]));
    for (const name of Object.keys(dependencies)) {
      const { license } = await Bun.file(`${ROOT}node_modules/${name}/package.json`).json();
      expect({ name, license: named.get(name) }).toEqual({ name, license });
    }
    expect(named.size).toBe(Object.keys(dependencies).length);
  });

  test("leads to documents that are there", async () => {
    const links = [...(await Bun.file(`${ROOT}NOTICE.md`).text()).matchAll(/\]\(([^)#:]+)\)/g)].map(
      ([, path]) => path!,
    );
    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((path) => !exists(path))).toEqual([]);
  });
});

describe("Dockerfile", () => {
  test("starts a command that the binary knows, as a user without rights", () => {
    const entry = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]") as string[];
    expect(entry.slice(0, 3)).toEqual(["/usr/local/bin/weir", "gateway", "run"]);
    expect(readArguments(commands.gatewayRun, entry.slice(3), {}).flags).toMatchObject({ listen: "0.0.0.0:8080" });
    expect(dockerfile).toMatch(/^FROM \S+:nonroot$/m);
  });
});
