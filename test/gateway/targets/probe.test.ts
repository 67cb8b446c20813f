import { describe, expect, test } from "bun:test";
import { regionRules } from "../../../src/gateway/carbon/regions.ts";
import { makeTarget } from "../../../src/gateway/targets/make-target.ts";
import { probeTarget } from "../../../src/gateway/targets/probe.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { connectTime } from "../../../src/lib/connect-time.ts";
import type { Services } from "../../../src/lib/context.ts";
import { configOf } from "../../support/gateway.ts";
import { chatAnswer, json, rawUpstream, type Script } from "../../support/raw-upstream.ts";

function probe(settings: object, how: { limitMs?: number; signal?: AbortSignal; fetch?: typeof fetch } = {}) {
  const env = { KEY: "sk-probe" };
  const config = configOf([{ id: "a", secret_key_ref: { env: "KEY" }, ...settings }]);
  const target = makeTarget(config.providers.targets[0]!, 0, { env });
  const services = { fetch: how.fetch ?? fetch, clock: systemClock };
  const { limitMs = 5_000, signal = new AbortController().signal } = how;
  return probeTarget(target, { services, limitMs, signal });
}
const at = (url: string, health_probe: object = {}) => ({
  base_url: url,
  health_probe: { enabled: true, kind: "models", ...health_probe },
});

describe("a probe of the list of models", () => {
  test("asks with the target's own key and headers, and sends nothing", async () => {
    using up = await rawUpstream(json({ data: [] }));
    const result = await probe({ ...at(up.url), headers: { "x-team": "blue" } });
    expect(result.error).toBeNull();
    expect(result.latencyMs).toBeGreaterThan(0);
    expect(up.requests).toMatchObject([
      {
        method: "GET",
        path: "/v1/models",
        body: "",
        headers: { authorization: "Bearer sk-probe", "x-team": "blue" },
      },
    ]);
  });

  test.each([
    [200, null],
    [204, null],
    [429, null],
    [404, null],
    [405, null],
    [400, "It answers 400"],
    [401, "It refuses the key (401)"],
    [403, "It refuses the key (403)"],
    [500, "It answers 500"],
    [503, "It answers 503"],
  ])("that answers %d gives %p", async (status, error) => {
    using up = await rawUpstream(json({ error: { message: "sk-probe is wrong" } }, status));
    expect((await probe(at(up.url))).error).toBe(error);
  });

  test("follows no redirect: the key goes nowhere else", async () => {
    using elsewhere = await rawUpstream(json({ data: [] }));
    using up = await rawUpstream(json("{}", 307, `location: ${elsewhere.url}/models\r\n`));
    expect((await probe(at(up.url))).error).toBe("It redirects (307), which is never followed");
    expect(elsewhere.requests).toEqual([]);
  });

  test("says that nothing listens, and what breaks", async () => {
    expect((await probe(at("http://127.0.0.1:9/v1"))).error).toContain("refused the connection");
    using up = await rawUpstream((wire) => void wire.socket.destroy());
    expect((await probe(at(up.url))).error).toContain("closed the connection");
    expect((await probe(at("http://[/v1"))).error).toContain("ERR_INVALID_URL");
  });

  test.each<[string, Script]>([
    ["never answers", () => {}],
    ["never ends its answer", (wire) => wire.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")],
  ])("of a target that %s ends in its time, and lets go of it", async (_name, script) => {
    const gone = Promise.withResolvers<void>();
    using up = await rawUpstream((wire) => {
      void wire.closed.then(gone.resolve);
      return script(wire);
    });
    const { error, latencyMs } = await probe(at(up.url), { limitMs: 60 });
    expect(error).toBe("No answer in 0.06 s");
    expect(latencyMs).toBeGreaterThanOrEqual(59);
    await gone.promise;
  });

  test("ends when it is told to", async () => {
    const stop = new AbortController();
    using up = await rawUpstream(() => stop.abort(new Error("stopped")));
    expect((await probe(at(up.url), { signal: stop.signal })).error).not.toBeNull();
  });

  test("reads no more of a long answer than it must", async () => {
    using up = await rawUpstream(async (wire) => {
      await wire.streamHead();
      for (let part = 0; part < 1_000; part++) await wire.chunk("x".repeat(65_536));
    });
    expect((await probe(at(up.url))).error).toBeNull();
  });
});

describe("a probe of a path", () => {
  test.each(["/health", "/v1/models?limit=1", "//elsewhere.test/x", "/\\elsewhere.test", "/@elsewhere.test:1/"])(
    "%p stays on the target's own origin",
    async (path) => {
      using up = await rawUpstream(json({}));
      expect((await probe(at(up.url, { path }))).error).toBeNull();
      expect(up.requests.length).toBe(1);
      expect(up.requests[0]?.path).toBe(path.replace(/^[/\\]+/, "/"));
    },
  );

  test("that is not there is a failure: somebody said that it is", async () => {
    using up = await rawUpstream(json({}, 404));
    expect((await probe(at(up.url, { path: "/health" }))).error).toBe("It answers 404");
  });
});

describe("a probe that asks for a token", () => {
  test("asks for one, in the provider's form", async () => {
    using up = await rawUpstream(json(chatAnswer("p")));
    expect((await probe({ ...at(up.url, { kind: "completion" }), model: "small" })).error).toBeNull();
    expect(up.requests[0]).toMatchObject({ method: "POST", path: "/v1/chat/completions" });
    expect(JSON.parse(up.requests[0]!.body)).toEqual({
      model: "small",
      messages: [{ role: "user", content: "ping" }],
      max_tokens: 1,
    });
  });

  test.each([
    [400, { message: "max_tokens is not supported here", type: "invalid_request_error" }, null],
    [404, { message: "The model `m` does not exist", code: "model_not_found" }, 'It does not know the model "m" (404)'],
    [401, { message: "no" }, "It refuses the key (401)"],
    [429, { message: "slow down" }, null],
    [500, { message: "boom" }, "It answers 500"],
  ])("and gets %d says %p", async (status, error, expected) => {
    using up = await rawUpstream(json({ error }, status));
    expect((await probe(at(up.url, { kind: "completion" }))).error).toBe(expected);
  });
});

describe("a simulated target", () => {
  const simulated = (faults?: object) =>
    probe(
      { provider: "simulated", secret_key_ref: undefined, health_probe: { enabled: true, kind: "models" }, faults },
      { limitMs: 50 },
    );

  test("is well unless all of its requests fail, and as slow as it is told to be", async () => {
    expect((await simulated()).error).toBeNull();
    expect((await simulated({ error_rate: 0.5 })).error).toBeNull();
    expect((await simulated({ status: 500 })).error).toBe("It answers 500");
    expect((await simulated({ error_rate: 1 })).error).toBe("It answers 503");
    expect((await simulated({ latency_ms: 5_000 })).error).toBe("No answer in 0.05 s");
  });
});

describe("the network of a region", () => {
  const measure = async (region: string | undefined, connectTime: NonNullable<Services["connectTime"]>, more = {}) => {
    using up = await rawUpstream(json({ data: [] }));
    const config = configOf([{ id: "a", ...at(up.url), ...(region === undefined ? {} : { region }), ...more }]);
    const from = { env: {}, regions: regionRules(config) };
    const target = makeTarget(config.providers.targets[0]!, 0, from);
    const services = { fetch, clock: systemClock, connectTime };
    const result = await probeTarget(target, { services, limitMs: 5_000, signal: new AbortController().signal });
    return { ...result, port: Number(new URL(up.url).port) };
  };

  test("is timed by the probes of targets that stand in one", async () => {
    const asked: [string, number][] = [];
    const timed = async (host: string, port: number): Promise<number> => asked.push([host, port]) * 12.5;
    const { error, connectMs, port } = await measure("scaleway-par-1", timed);
    expect([error, connectMs, asked]).toEqual([null, 12.5, [["127.0.0.1", port]]]);
    expect((await measure(undefined, timed)).connectMs).toBeUndefined();
    expect(asked.length).toBe(1);
  });

  test("is not timed where requests go by a proxy, and neither do probes go another way", async () => {
    using proxy = await rawUpstream(json({ data: [] }));
    const byProxy = { base_url: "http://nowhere.invalid/v1", proxy: proxy.url };
    const { error, connectMs } = await measure("scaleway-par-1", () => Promise.resolve(1), byProxy);
    expect([error, connectMs, proxy.requests.length]).toEqual([null, undefined, 1]);
  });

  test("is timed next door too, where an answer takes no longer than a connection", async () => {
    for (let time = 0; time < 5; time++)
      expect((await measure("scaleway-par-1", connectTime)).connectMs).toBeGreaterThan(0);
  });

  test("says nothing of a target whose connection could not be timed", async () => {
    const refused = await measure("scaleway-par-1", () => Promise.reject(new Error("no")));
    const silent = await measure("scaleway-par-1", () => new Promise(() => {}));
    expect([refused.error, refused.connectMs, silent.error, silent.connectMs]).toEqual([
      null,
      undefined,
      null,
      undefined,
    ]);
  });
});
