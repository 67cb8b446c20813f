import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../support/empty-folder.ts";
import { weir } from "./fake-io.ts";

const run = (cwd: string, ...args: string[]) => weir(args, { cwd, env: { MISTRAL_API_KEY: "k", OPENAI_API_KEY: "k" } });

describe("weir init", () => {
  test("writes a configuration that lints, its schema and example tests", async () => {
    const cwd = emptyFolder();
    const { code, out } = await run(cwd, "init");
    expect(code).toBe(0);
    expect(out).toContain("policy-config.yaml");
    expect(readdirSync(cwd).sort()).toEqual(["policy-config.schema.json", "policy-config.yaml", "tests"]);
    const [first] = readFileSync(join(cwd, "policy-config.yaml"), "utf8").split("\n");
    expect(first).toBe("# yaml-language-server: $schema=policy-config.schema.json");
    expect(JSON.parse(readFileSync(join(cwd, "policy-config.schema.json"), "utf8")).properties.pack).toBeDefined();
    expect((await run(cwd, "policy", "lint")).code).toBe(0);
  });

  test("--template takes another one, --list names them all", async () => {
    const { out } = await run("/nowhere", "init", "--list");
    const names = out
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/)[0]!);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const cwd = emptyFolder();
      expect((await run(cwd, "init", "--template", name)).code).toBe(0);
      expect(await run(cwd, "policy", "lint")).toMatchObject({ code: 0 });
    }
  });

  test("leaves a file that is there as it is, unless told", async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, "policy-config.yaml"), "mine: true\n");
    const { code, err } = await run(cwd, "init");
    expect(code).toBe(1);
    expect(err).toContain("--force");
    expect(readdirSync(cwd)).toEqual(["policy-config.yaml"]);
    expect(readFileSync(join(cwd, "policy-config.yaml"), "utf8")).toBe("mine: true\n");
    expect((await run(cwd, "init", "--force")).code).toBe(0);
    expect((await run(cwd, "policy", "lint")).code).toBe(0);
  });

  test("a template over another one brings its own cases, and leaves cases that are somebody's own", async () => {
    const cwd = emptyFolder();
    const cases = join(cwd, "tests", "example.yaml");
    for (const name of ["mistral", "agents", "healthcare", "codestral", "mistral"]) {
      const { out } = await run(cwd, "init", "--force", "--template", name);
      expect(out).toContain("and tests/example.yaml.");
      expect(await run(cwd, "policy", "test")).toMatchObject({ code: 0, out: expect.stringContaining("all pass") });
    }
    const own = `${readFileSync(cases, "utf8")}# mine\n`;
    writeFileSync(cases, own);
    const { code, out } = await run(cwd, "init", "--force", "--template", "agents");
    expect(code).toBe(0);
    expect(out).toContain("tests/example.yaml holds cases of your own and is left as it is");
    expect(readFileSync(cases, "utf8")).toBe(own);
  });

  test("says which template was meant, and where it cannot write", async () => {
    expect(await run(emptyFolder(), "init", "--template", "mistrl")).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean mistral?"),
    });
    expect(await run(join(emptyFolder(), "not-there"), "init")).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot be written"),
    });
  });
});
