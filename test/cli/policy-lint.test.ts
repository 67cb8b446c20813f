import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../src/cli/cli.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { fakeIo, weir } from "./fake-io.ts";

const GOOD = `pack: {name: x, version: 1.0.0, enabled: true}
policies: {chain: []}
providers: {targets: [{id: a, provider: simulated, model: m}]}
`;
const WARNS = GOOD.replace("enabled: true", "enabled: false");
const BAD = GOOD.replace("model: m", "modle: m");

function folder(files: Readonly<Record<string, string>>): string {
  const path = emptyFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

const lint = (files: Readonly<Record<string, string>>, ...args: string[]) =>
  weir(["policy", "lint", ...args], { cwd: folder(files) });

describe("weir policy lint", () => {
  test("says ok and gives 0", async () => {
    const { code, out } = await lint({ "policy-config.yaml": GOOD });
    expect([code, out]).toEqual([0, "ok: 0 errors, 0 warnings\n"]);
  });

  test("names every problem with its place and gives 2", async () => {
    const { code, out } = await lint({ "f.yaml": BAD }, "--file", "f.yaml");
    expect(code).toBe(2);
    expect(out).toMatch(/^f\.yaml:3:23: error E005 missing key providers\.targets\[0\]\.model: .*$/m);
    expect(out).toMatch(/^f\.yaml:3:52: error E002 unknown key "modle" .*; did you mean "model"\?$/m);
    expect(out).toEndWith("not ok: 2 errors, 0 warnings\n");
  });

  test("looks at the file that the gateway would run with, and at another where one is named", async () => {
    const io = fakeIo({ cwd: folder({ "f.yaml": BAD, "g.yaml": GOOD }), env: { WEIR_POLICY_CONFIG: "f.yaml" } });
    expect(await main(["policy", "lint"], io)).toBe(2);
    expect(io.written.out).toContain("f.yaml:3:52: error E002");
    for (const named of [["--policy-config", "g.yaml"], ["--file", "g.yaml"], ["g.yaml"]])
      expect(await main(["policy", "lint", ...named], io)).toBe(0);
    // both names are of layers: the second is not left out
    expect(await main(["policy", "lint", "--policy-config", "g.yaml", "--file", "f.yaml"], io)).toBe(2);
  });

  test("--json gives problems with every member", async () => {
    const { code, out } = await lint({ "f.yaml": BAD }, "--file", "f.yaml", "--json");
    expect(code).toBe(2);
    const { ok, problems } = JSON.parse(out);
    expect(ok).toBe(false);
    expect(problems).toEqual([
      {
        code: "E005",
        severity: "error",
        file: "f.yaml",
        line: 3,
        column: 23,
        path: "providers.targets[0].model",
        message: expect.stringContaining("missing key"),
        suggestion: null,
      },
      {
        code: "E002",
        severity: "error",
        file: "f.yaml",
        line: 3,
        column: 52,
        path: "providers.targets[0].modle",
        message: expect.stringContaining("valid keys: id, provider"),
        suggestion: "model",
      },
    ]);
    expect(JSON.parse((await lint({ "f.yaml": GOOD }, "--file", "f.yaml", "--json")).out)).toEqual({
      ok: true,
      problems: [],
    });
  });

  test("warnings pass, and fail with --strict", async () => {
    const files = { "f.yaml": WARNS };
    expect(await lint(files, "--file", "f.yaml")).toMatchObject({
      code: 0,
      out: expect.stringContaining("warning W009"),
    });
    expect(await lint(files, "--file", "f.yaml", "--strict")).toMatchObject({
      code: 2,
      out: expect.stringContaining("not ok"),
    });
    const { code, out } = await lint(files, "--file", "f.yaml", "--strict", "--json");
    expect([code, JSON.parse(out).ok]).toEqual([2, false]);
  });

  test("layers several files, as flags or as words", async () => {
    const files = { "a.yaml": BAD, "b.yaml": "providers: {targets: [{id: a, modle: null, model: m}]}\n" };
    const flags = await lint(files, "--file", "a.yaml", "--file", "b.yaml");
    expect(flags.out).toContain('b.yaml:1:31: error E002 unknown key "modle"');
    expect((await lint(files, "a.yaml", "b.yaml")).out).toBe(flags.out);
  });

  test("points at what to do where there is no file", async () => {
    const { code, out, err } = await lint({});
    expect(code).toBe(2);
    expect(out).toContain("there is no such file");
    expect(err).toContain("weir init");
    expect((await lint({}, "--file", "x.yaml")).err).toBe("");
  });
});
