import { describe, expect, test } from "bun:test";
import { sha256Hex } from "../../../src/lib/digest.ts";
import { CHAT, configOf, testGateway } from "../../support/gateway.ts";
import { consumer, key, limited, outcome } from "./limits-fixture.ts";

const two = [
  { id: "a", base_url: "http://a.test/v1", model: "m" },
  { id: "b", base_url: "http://b.test/v1", model: "n", models: [{ name: "n2", upstream: "n-2" }] },
];
const groups = [
  { name: "fast", targets: ["b"], aliases: ["quick"] },
  { name: "both", targets: ["a", "b"], aliases: [] },
];

describe("consumers", () => {
  test("a key is taken from each of the three headers, and from several that agree", async () => {
    const { chat, events } = limited({ consumers: [consumer("ann")] });
    for (const headers of [
      { authorization: "Bearer sk-ann" },
      { authorization: "bearer   sk-ann" },
      { "x-api-key": "sk-ann" },
      { "api-key": "sk-ann" },
      { authorization: "Bearer sk-ann", "x-api-key": "sk-ann", "api-key": "sk-ann" },
      { authorization: "Basic abc", "api-key": "sk-ann" },
    ] as Record<string, string>[]) {
      expect(await outcome(chat(headers))).toBe("200");
    }
    expect(events.map(({ consumer: who }) => who)).toEqual(Array(6).fill("ann"));
  });

  test("a hash may be written in capitals", async () => {
    const { chat } = limited({ consumers: [{ ...consumer("ann"), key_sha256: sha256Hex("sk-ann").toUpperCase() }] });
    expect(await outcome(chat(key("ann")))).toBe("200");
  });

  test.each([
    [{}, "401 invalid_api_key"],
    [{ authorization: "Bearer " }, "401 invalid_api_key"],
    [{ authorization: "sk-ann" }, "401 invalid_api_key"],
    [{ authorization: "Bearer sk-ANN" }, "401 invalid_api_key"],
    [{ "x-api-key": "" }, "401 invalid_api_key"],
    [{ authorization: `Bearer ${sha256Hex("sk-ann")}` }, "401 invalid_api_key"],
    [{ authorization: "Bearer sk-ann", "x-api-key": "sk-bob" }, "400 invalid_request"],
    [{ "x-api-key": "sk-ann", "api-key": "other" }, "400 invalid_request"],
    [{ "x-api-key": "sk-ann, sk-bob" }, "400 invalid_request"],
    [{ "x-api-key": "sk-ann, sk-ann" }, "200"],
  ] as [Record<string, string>, string][])("%p: %s", async (headers, expected) => {
    const gateway = limited({ consumers: [consumer("ann"), consumer("bob")] });
    expect(await outcome(gateway.chat(headers))).toBe(expected);
    expect(gateway.calls).toBe(expected === "200" ? 1 : 0);
  });

  test("an error never holds the key", async () => {
    const { chat } = limited({ consumers: [consumer("ann")] });
    const text = await (await chat({ authorization: "Bearer sk-very-secret" })).text();
    expect(text).toContain("invalid_api_key");
    expect(text).not.toContain("secret");
  });

  test("a refused key is on the ledger, without a consumer", async () => {
    const { chat, events } = limited({ consumers: [consumer("ann")] });
    await chat({ authorization: "Bearer wrong" });
    expect(events[0]).toMatchObject({ status: 401, outcome: "invalid_api_key", consumer: null, attempts: [] });
  });

  test("keys come from variables too; one that is not set lets nobody in", async () => {
    const config = configOf([{ id: "a", base_url: "http://a.test/v1" }], {
      consumers: [
        { id: "ann", key_ref: { env: "KEY_ANN" }, roles: [] },
        { id: "bob", key_ref: { env: "KEY_BOB" }, roles: [] },
      ],
    });
    const answers = (() => Promise.resolve(Response.json({ choices: [{ message: {} }] }))) as unknown as typeof fetch;
    const { ask, logs } = testGateway(config, { env: { KEY_ANN: "sk-ann", KEY_BOB: "" }, fetch: answers });
    expect((await ask(CHAT, { headers: key("ann") })).status).toBe(200);
    expect((await ask(CHAT, { headers: { authorization: "Bearer " } })).status).toBe(401);
    expect(JSON.stringify(logs)).toContain("bob");
    expect(JSON.stringify(logs)).not.toContain("sk-ann");
  });

  test("a key is good until the moment it expires", async () => {
    const gateway = limited({});
    const at = new Date(gateway.clock.now() + 60_000).toISOString();
    const { chat, clock } = limited({ consumers: [consumer("ann", { expires_at: at })] });
    expect(await outcome(chat(key("ann")))).toBe("200");
    await clock.advance(59_999);
    expect(await outcome(chat(key("ann")))).toBe("200");
    await clock.advance(1);
    expect(await outcome(chat(key("ann")))).toBe("401 key_expired");
  });

  test("without consumers nobody needs a key", async () => {
    const { chat } = limited({});
    expect(await outcome(chat({ authorization: "Bearer unused" }))).toBe("200");
    expect(await outcome(chat({ "x-api-key": "one", "api-key": "another" }))).toBe("200");
  });

  test("only the models they may use, by the name that is allowed", async () => {
    const asked = async (allowed: readonly string[], model: string | undefined) => {
      const { ask, events } = limited(
        { consumers: [consumer("ann", { allowed_models: allowed })], model_groups: groups },
        { targets: two },
      );
      const { messages } = CHAT;
      const said = await outcome(ask({ ...(model === undefined ? {} : { model }), messages }, { headers: key("ann") }));
      return `${said} ${events[0]?.target ?? ""}`.trim();
    };
    expect(await asked(["m"], "m")).toBe("200 a");
    expect(await asked(["m"], "n")).toBe("403 model_not_allowed");
    expect(await asked(["m"], "a")).toBe("403 model_not_allowed");
    expect(await asked(["a"], "a")).toBe("200 a");
    expect(await asked(["fast"], "quick")).toBe("200 b");
    expect(await asked(["quick"], "fast")).toBe("200 b");
    expect(await asked(["quick"], "n")).toBe("403 model_not_allowed");
    expect(await asked(["n2"], "n2")).toBe("200 b");
    expect(await asked(["m"], "no-such-model")).toBe("403 model_not_allowed");
  });

  test("another model never takes over from the one that is allowed", async () => {
    const { ask, events } = limited(
      { consumers: [consumer("ann", { allowed_models: ["n"] })] },
      {
        targets: two,
        answer: () => {
          throw Object.assign(new TypeError("no"), { code: "ConnectionRefused" });
        },
      },
    );
    await ask({ ...CHAT, model: "n" }, { headers: key("ann") });
    expect(events[0]?.route?.candidates).toEqual([
      { target: "a", dropped: "model not allowed" },
      { target: "b", dropped: null },
    ]);
    expect(events[0]?.attempts.map(({ target }) => target)).toEqual(["b"]);
  });

  test("see the models they may use, and nothing without a key", () => {
    const { gateway } = limited(
      {
        consumers: [consumer("ann", { allowed_models: ["fast", "m"] }), consumer("bob")],
        model_groups: groups,
      },
      { targets: two },
    );
    const seen = (headers: Record<string, string>) => gateway.models(new Headers(headers)).map(({ id }) => id);
    expect(seen(key("ann"))).toEqual(["fast", "quick", "m"]);
    expect(seen(key("bob"))).toEqual(["fast", "quick", "both", "m", "n", "n2", "a", "b"]);
    expect(() => seen({})).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    expect(gateway.models(null)).toHaveLength(8);
  });

  test("see no model that only regions have which are closed to them", () => {
    const region = (id: string, code?: string) => ({
      id,
      base_url: `http://${id}.test/v1`,
      model: `${id}-model`,
      ...(code === undefined ? {} : { region: code }),
    });
    const { gateway } = limited(
      {
        consumers: [
          consumer("ann", { allowed_regions: ["atnorth-sto-1"] }),
          consumer("bob", { pin: { primary: "scaleway-par-1", secondary: "atnorth-isl-1" } }),
          consumer("cid", { routing: "carbon_aware", allowed_models: ["par", "sto"], allowed_regions: ["ovh-gra-1"] }),
          consumer("dot"),
        ],
        model_groups: [
          { name: "south", targets: ["par"], aliases: ["s"] },
          { name: "spare", targets: ["isl"], fallback_group: "south" },
          { name: "north", targets: ["sto", "free"] },
        ],
      },
      {
        targets: [
          region("par", "scaleway-par-1"),
          region("sto", "atnorth-sto-1"),
          region("isl", "atnorth-isl-1"),
          region("free"),
        ],
      },
    );
    const seen = (who: string) => gateway.models(new Headers(key(who))).map(({ id }) => id);
    expect(seen("ann")).toEqual(["north", "sto-model", "sto"]);
    expect(seen("bob")).toEqual(["south", "s", "spare", "par-model", "isl-model", "par", "isl"]);
    expect(seen("cid")).toEqual([]);
    expect(seen("dot")).toHaveLength(12);
  });

  test("have their own strategy", async () => {
    const { ask, events } = limited(
      { consumers: [consumer("ann", { routing: "single" }), consumer("bob", { routing: "standard" })] },
      { targets: two },
    );
    for (const who of ["ann", "bob"]) await ask({ ...CHAT, model: "n" }, { headers: key(who) });
    expect(events.map(({ route, target }) => [route?.strategy, target])).toEqual([
      ["single", "a"],
      ["fallback", "b"],
    ]);
  });

  test("may only have so many requests at once; a place is free as soon as one has ended, however it ended", async () => {
    const gateway = limited(
      { consumers: [consumer("ann", { rate_limits: { max_parallel_requests: 2 } }), consumer("bob")] },
      { held: true },
    );
    const running = [gateway.chat(key("ann")), gateway.chat(key("ann"))];
    await gateway.clock.advance(0);
    const third = await gateway.chat(key("ann"));
    expect([third.status, third.headers.get("retry-after"), third.headers.get("x-should-retry")]).toEqual([
      429,
      "1",
      null,
    ]);
    expect(await outcome(Promise.resolve(third))).toBe("429 too_many_streams");
    running.push(gateway.chat(key("bob")));
    await gateway.clock.advance(0);
    gateway.release({ error: { message: "boom" } }, 500);
    expect((await running[0]!).status).toBe(502);
    running.push(gateway.chat(key("ann")));
    await gateway.clock.advance(0);
    expect(await outcome(gateway.chat(key("ann")))).toBe("429 too_many_streams");
    while (gateway.held > 0) gateway.release();
    expect(await Promise.all(running.slice(1).map(outcome))).toEqual(["200", "200", "200"]);
  });

  test("a consumer that is taken out and put back finds what was counted until its window is over", async () => {
    const ann = consumer("ann", { rate_limits: { requests_per_minute: 1 } });
    const gateway = limited({ consumers: [ann, consumer("bob")] });
    const { config } = gateway.gateway;
    const away = { ...config, consumers: config.consumers!.filter(({ id }) => id !== "ann") };
    expect(await outcome(gateway.chat(key("ann")))).toBe("200");
    for (const each of [away, away, config]) gateway.reload(each);
    expect(await outcome(gateway.chat(key("ann")))).toBe("429 rate_limited");
    gateway.reload(away);
    await gateway.clock.advance(60_001);
    for (const each of [away, config]) gateway.reload(each);
    expect(await outcome(gateway.chat(key("ann")))).toBe("200");
  });

  test("a reload keeps counting the requests that run", async () => {
    const one = { consumers: [consumer("ann", { rate_limits: { max_parallel_requests: 1 } })] };
    const gateway = limited(one, { held: true });
    const running = gateway.chat(key("ann"));
    await gateway.clock.advance(0);
    const after = gateway.reload(gateway.gateway.config);
    expect(after.inFlight()).toBe(1);
    expect(await outcome(gateway.chat(key("ann")))).toBe("429 too_many_streams");
    gateway.release();
    expect(await outcome(running)).toBe("200");
    expect(after.inFlight()).toBe(0);
    const next = gateway.chat(key("ann"));
    await gateway.clock.advance(0);
    gateway.release();
    expect(await outcome(next)).toBe("200");
  });
});
