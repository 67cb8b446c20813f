import { describe, expect, test } from "bun:test";
import { commands } from "../../src/cli/index.ts";
import { weir } from "./fake-io.ts";

const run = (line: string, settings: Parameters<typeof weir>[1] = {}) =>
  weir(line === "" ? [] : line.split(" "), settings);
const names = Object.values(commands).map(({ name }) => name);

describe("main", () => {
  test.each(["", "--help", "-h", "help"])("`weir %s` lists every command", async (line) => {
    const { code, out, err } = await run(line);
    expect([code, err]).toEqual([0, ""]);
    for (const name of names) expect(out).toContain(`  ${name} `);
  });

  test.each(names)("help for %s: usage, flags with their variables, one example", async (name) => {
    const command = Object.values(commands).find((one) => one.name === name)!;
    for (const line of [`help ${name}`, `${name} --help`, `${name} -h`]) {
      const { code, out, err } = await run(line);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toContain(`Usage: weir ${name}`);
      expect(out).toContain(command.example);
      for (const [flag, { help }] of Object.entries(command.options)) {
        expect(out).toContain(`--${flag}`);
        expect(out).toContain(help);
        expect(out).toContain(`WEIR_${flag.toUpperCase().replaceAll("-", "_")}`);
      }
    }
  });

  test.each(names)("the example of %s is one that would be accepted", (name) => {
    const command = Object.values(commands).find((one) => one.name === name)!;
    const words = command.example.replace(/^weir /, "").split(/\s+\|?/);
    expect(command.example).toStartWith(`weir ${name}`);
    const flags = words.filter((word) => word.startsWith("--")).map((word) => word.slice(2).replace(/=.*/, ""));
    for (const flag of flags) expect(Object.keys(command.options)).toContain(flag);
  });

  test.each([
    ["gatway run", "did you mean weir gateway run?"],
    ["gateway rum", "did you mean weir gateway run?"],
    ["serve", "did you mean weir gateway run?"],
    ["validate x.yaml", "did you mean weir policy lint?"],
    ["polcy lint", "did you mean weir policy lint?"],
    ["gateway", "needs a second word: weir gateway run"],
    ["events", "weir events tail, weir events export"],
    ["xyzzy", "see weir --help"],
    ["--listen 1 gateway run", "The command comes before its flags"],
    ["gateway run --lisen x", "did you mean --listen?"],
    ["gateway run --listen", "--listen needs a value"],
    ["gateway run --listen=", "--listen needs a value"],
    ["gateway run --listen --watch", "--listen needs a value, got the flag --watch"],
    ["gateway run --watch=maybe", "--watch takes no value"],
    ["gateway run extra", 'does not take "extra"'],
    ["gateway run -x", "-x is no flag"],
    ["explain", "weir explain needs REQUEST_ID"],
    ["explain a b", 'does not take "b"'],
    ["help gatway run", "did you mean weir gateway run?"],
    ["help xyzzy", "no command"],
  ])("`weir %s` exits 2 and says what would be right", async (line, hint) => {
    const { code, out, err } = await run(line);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(hint);
    expect(err).toStartWith("weir: ");
  });

  test("a group alone shows its commands when help is asked for", async () => {
    const { code, out } = await run("events --help");
    expect(code).toBe(0);
    expect(out).toContain("events tail");
    expect(out).not.toContain("gateway run");
    expect((await run("help events")).out).toContain("events tail");
  });

  test("--version is the version", async () => {
    expect((await run("--version")).out).toStartWith("weir ");
    expect((await run("-V")).out).toBe((await run("version")).out);
  });

  test("every flag is an environment variable, and the flag wins", async () => {
    const env = { WEIR_JSON: "true" };
    expect(JSON.parse((await run("version", { env })).out)).toHaveProperty("version");
    expect((await run("version", { env: { WEIR_JSON: "no" } })).out).toStartWith("weir ");
    expect((await run("version", { env: { WEIR_JSON: "" } })).out).toStartWith("weir ");
    const wrong = await run("version", { env: { WEIR_JSON: "perhaps" } });
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("WEIR_JSON")]);
    const both = await run("gateway run --fail-mode maybe", { env: { WEIR_FAIL_MODE: "allow" } });
    expect(both.err).toContain('"maybe"');
  });

  test("colour only on a terminal, and never with NO_COLOR", async () => {
    const esc = "\u001b[";
    expect((await run("--help")).out).not.toContain(esc);
    expect((await run("--help", { terminal: true })).out).toContain(esc);
    expect((await run("--help", { terminal: true, env: { NO_COLOR: "1" } })).out).not.toContain(esc);
    expect((await run("nonsense", { terminal: true, env: { NO_COLOR: "1" } })).err).not.toContain(esc);
  });
});
