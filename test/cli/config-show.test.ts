import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { emptyFolder } from "../support/empty-folder.ts";
import { weir } from "./fake-io.ts";

const TEXT = `pack: {name: x, version: 1.0.0, enabled: true}
policies: {chain: []}
providers: {targets: [{id: a, provider: simulated, model: m, headers: {x-key: "\${SECRET}"}}]}
server: {listen: "127.0.0.1:1", drain_seconds: 5}
`;

async function show(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, "policy-config.yaml"), TEXT);
  writeFileSync(join(cwd, "upper.yaml"), "server: {drain_seconds: 6}\n");
  writeFileSync(join(cwd, "bad.yaml"), "server: {drain_second: 6}\n");
  return weir(["config", "show", ...args], { cwd, env: { SECRET: "hush", ...env } });
}

describe("weir config show", () => {
  test("shows what was said, with its origin", async () => {
    const { code, out } = await show([]);
    expect(code).toBe(0);
    expect(parse(out)).toEqual({
      pack: { name: "x", version: "1.0.0", enabled: true },
      policies: { chain: [] },
      providers: { targets: [{ id: "a", provider: "simulated", model: "m", headers: { "x-key": "[masked]" } }] },
      server: { listen: "127.0.0.1:1", drain_seconds: 5 },
    });
    expect(out).toContain("drain_seconds: 5 # policy-config.yaml:4:48\n");
  });

  test("--effective adds every default; flag over environment over file", async () => {
    const args = [
      "--effective",
      "--policy-config",
      "policy-config.yaml",
      "--policy-config",
      "upper.yaml",
      "--listen",
      "127.0.0.1:3",
    ];
    const env = { WEIR__SERVER__LISTEN: "127.0.0.1:2", WEIR__SERVER__MAX_CONCURRENCY: "9", WEIR_MAX_CONCURRENCY: "8" };
    const { out } = await show(args, env);
    expect(out).toContain("listen: 127.0.0.1:3 # --listen\n");
    expect(out).toContain("max_concurrency: 8 # WEIR_MAX_CONCURRENCY\n");
    expect(out).toContain("drain_seconds: 6 # upper.yaml:1:25\n");
    expect(out).toContain("policy_block_status: 409 # default\n");
    expect(out).not.toContain("hush");
  });

  test("--json gives values and origins apart", async () => {
    const { out } = await show(["--effective", "--json"], { WEIR__PACK__NAME: "y" });
    const { config, origins } = JSON.parse(out);
    expect(config.pack.name).toBe("y");
    expect(origins["pack.name"]).toEqual({ kind: "environment", name: "WEIR__PACK__NAME" });
    expect(origins["providers.targets[0].headers.x-key"]).toMatchObject({ kind: "file", variables: ["SECRET"] });
    expect(out).not.toContain("hush");
  });

  test("an invalid configuration gives 2 and its problems", async () => {
    const { code, out, err } = await show(["--policy-config", "policy-config.yaml", "--policy-config", "bad.yaml"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("bad.yaml:1:10: error E002");
  });
});
