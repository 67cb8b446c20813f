import { describe, expect, test } from "bun:test";
import { createGateway } from "../../src/gateway/build.ts";
import type { Logger } from "../../src/lib/logger.ts";
import { createContextGuard } from "../../src/lib/tokens/context-guard.ts";
import { fakeClock } from "../support/clock.ts";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";

type Line = readonly [level: string, fields: object, message: string];

function built(targets: readonly object[], previous?: ReturnType<typeof createGateway>) {
  const lines: Line[] = [];
  const log = Object.fromEntries(
    ["debug", "info", "warn", "error"].map((level) => [
      level,
      (fields: object, message: string) => void lines.push([level, fields, message]),
    ]),
  ) as unknown as Logger;
  const gateway = createGateway({
    config: configOf(targets),
    services: { fetch, clock: fakeClock() },
    env: { KEY: "sk-secret" },
    log,
    guard: createContextGuard(),
    failMode: "block",
    onEvent: () => {},
    admits: () => true,
    ...(previous === undefined ? {} : { previous }),
  });
  return { gateway, lines };
}

describe("building a gateway", () => {
  test("says in the log which targets cannot be asked and which are simulated, each once, and no secret", () => {
    const { lines, gateway } = built([
      { id: "real", base_url: "http://a.test", secret_key_ref: { env: "KEY" } },
      { id: "locked", base_url: "http://b.test", secret_key_ref: { env: "NOT_SET" } },
      { id: "toy", provider: "simulated" },
    ]);
    expect(lines).toEqual([
      [
        "warn",
        { target: "locked", reason: "secret missing: the environment variable NOT_SET" },
        "a target is not available",
      ],
      ["info", { target: "toy", provider: "simulated" }, "a target is simulated: no model answers there"],
    ]);
    expect(JSON.stringify([lines, gateway.targets()])).not.toContain("sk-secret");
  });

  test("hashes the configuration: the same for the same, another for another", () => {
    const [one, same, other] = [[{ id: "a" }], [{ id: "a" }], [{ id: "b" }]].map((targets) => built(targets).gateway);
    expect(one!.configHash).toMatch(/^[0-9a-f]{16}$/);
    expect(same!.configHash).toBe(one!.configHash);
    expect(other!.configHash).not.toBe(one!.configHash);
  });

  test("takes no hold of the gateways before the last one: a reload an hour must not fill the memory", async () => {
    const replaced: WeakRef<object>[] = [];
    let { gateway } = built([{ id: "a" }]);
    for (let reload = 0; reload < 30; reload++) {
      replaced.push(new WeakRef(gateway));
      ({ gateway } = built([{ id: "a", weight: reload + 1 }], gateway));
    }
    // what the stack still holds by chance is gone some turns later
    let held = replaced.length;
    for (let turn = 0; turn < 50 && held >= 5; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      Bun.gc(true);
      held = replaced.filter((each) => each.deref() !== undefined).length;
    }
    expect(held).toBeLessThan(5);
    expect(gateway.targets()).toHaveLength(1);
  });

  test("carries over the state of targets whose id, provider and address stay the same", () => {
    const before = built([
      { id: "a", base_url: "http://a.test" },
      { id: "b", base_url: "http://b.test" },
      { id: "c", base_url: "http://c.test" },
    ]).gateway;
    for (const live of before.lives().values()) live.failures = 7;
    const after = built(
      [
        { id: "a", base_url: "http://a.test", model: "another" },
        { id: "b", base_url: "http://elsewhere.test" },
        { id: "c", base_url: "http://c.test", provider: "openai" },
      ],
      before,
    ).gateway;
    expect(after.targets().map(({ id, failures }) => [id, failures])).toEqual([
      ["a", 7],
      ["b", 0],
      ["c", 0],
    ]);
  });

  test("a reload leaves whose turn it is: of targets that get little, some is due to the last one, too", async () => {
    const members = ["a", "b", "c"].map((id) => ({ id, base_url: `http://${id}.test` }));
    const config = configOf(members, {
      model_groups: [
        { name: "main", targets: ["a", "b", "c"], strategy: "round_robin", fallback_group: "spare" },
        { name: "spare", targets: ["b", "c"], strategy: "round_robin" },
      ],
      providers: { strategy: "round_robin" },
    });
    const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "yes" } }];
    const answer = { id: "1", object: "chat.completion", created: 1, model: "m", choices };
    const upstream = () => Promise.resolve(Response.json(answer));
    const { ask, events, reload } = testGateway(config, { fetch: upstream as unknown as typeof fetch });
    const targets = async (model: string, times: number) => {
      events.length = 0;
      for (let turn = 0; turn < times; turn++) {
        await (await ask({ ...CHAT, model })).text();
        reload({ ...config, server: { ...config.server, max_concurrency: turn + 1 } });
      }
      return events.map(({ target }) => target).join("");
    };
    expect(await targets("m", 6)).toBe("abcabc");
    expect(await targets("main", 6)).toBe("abcabc");
    expect(await targets("spare", 4)).toBe("bcbc");
  });
});
