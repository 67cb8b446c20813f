import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../support/empty-folder.ts";
import { weir } from "./fake-io.ts";

const CONFIG = `
pack: { name: t, version: 1.0.0, enabled: true }
policies: { chain: [prompt-injection, pii-detector, audit-logger] }
policy:
  prompt-injection: { mode: monitor }
  pii-detector: { apply_to: input }
  agent-firewall: { allowed_tools: [read] }
model_groups: [{ name: code, targets: [a], chain: [agent-firewall, audit-logger] }]
consumers: [{ id: ann, key_ref: { env: ANN }, chain: [pii-detector] }]
providers: { targets: [{ id: a, provider: simulated, model: m }] }
`;

async function run(config: string, ...args: string[]) {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, "policy-config.yaml"), config);
  return weir(["policy", "coverage", ...args], { cwd });
}

describe("weir policy coverage", () => {
  test("tells what each policy of each chain does where", async () => {
    const { code, out } = await run(CONFIG, "--json");
    expect(code).toBe(0);
    const everywhere = (effect: string) => ({
      request: effect,
      answer: effect,
      stream: effect,
      tool_definition: effect,
      tool_call: effect,
      tool_result: effect,
    });
    const asked = { answer: "none", stream: "none", tool_call: "none" };
    expect(JSON.parse(out)).toEqual({
      ok: true,
      policies: [
        {
          policy: "prompt-injection",
          mode: "monitor",
          ...everywhere("observes"),
          ...asked,
          chains: ["policies"],
        },
        {
          policy: "pii-detector",
          mode: "enforce",
          ...everywhere("redacts"),
          ...asked,
          chains: ["policies", "consumers.ann"],
        },
        {
          policy: "audit-logger",
          mode: "enforce",
          ...everywhere("observes"),
          chains: ["policies", "model_groups.code"],
        },
        {
          policy: "agent-firewall",
          mode: "enforce",
          ...everywhere("none"),
          tool_definition: "blocks",
          tool_call: "blocks",
          tool_result: "blocks",
          chains: ["model_groups.code"],
        },
      ],
    });
  });

  test("as a table too", async () => {
    const { code, out } = await run(CONFIG);
    expect(code).toBe(0);
    const rows = out.split("\n").map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual([
      "POLICY",
      "REQUEST",
      "ANSWER",
      "STREAM",
      "TOOL DEFINITION",
      "TOOL CALL",
      "TOOL RESULT",
      "CHAINS",
    ]);
    expect(rows[1]!.slice(0, 4)).toEqual(["prompt-injection", "observes", "does not look", "does not look"]);
    expect(rows[1]!.at(-1)).toBe("policies (monitor)");
  });

  test("says where nothing is looked at, and what is wrong with a configuration", async () => {
    const empty = CONFIG.replace(/chain: \[[^\]]*\]/g, "chain: []");
    expect(await run(empty)).toMatchObject({ code: 0, err: expect.stringContaining("nothing is looked at") });
    const contradiction = CONFIG.replace("apply_to: input", "action: tokenize, apply_to: output");
    const { code, err } = await run(contradiction);
    expect(code).toBe(2);
    expect(err).toContain("E007 policy.pii-detector.apply_to");
    const json = await run("pack: 1\n", "--json");
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out).ok).toBe(false);
  });
});
