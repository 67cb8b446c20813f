import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../src/cli/cli.ts";
import { NOTHING, type Seen, verdictOf } from "../../src/cli/drill/client.ts";
import { FAULTS } from "../../src/cli/drill/faults.ts";
import { isFailure } from "../../src/cli/drill/report.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { fakeIo } from "./fake-io.ts";

interface Drilled {
  readonly fault: string;
  readonly request: "plain" | "stream";
  readonly failing: "first" | "every";
  readonly outcome: string;
  readonly served: boolean;
  readonly seconds: number;
  readonly first_seconds: number | null;
  readonly calls: number;
  readonly asked: readonly string[];
  readonly client: {
    readonly status: number | null;
    readonly finish_reason: string | null;
    readonly error: string | null;
  };
  readonly left_alone_after: number | null;
}

interface Report {
  readonly ok: boolean;
  readonly faults: readonly { readonly fault: string; readonly upstream: string }[];
  readonly routes: readonly {
    readonly route: string;
    readonly strategy: string;
    readonly healthy: { readonly outcome: string; readonly calls: number; readonly asked: readonly string[] };
    readonly drills: readonly Drilled[];
  }[];
}

const SECRET = "sk-must-not-be-used";

async function run(document: object, flags: readonly string[] = []) {
  const cwd = emptyFolder();
  const base = { pack: { name: "t", version: "1.0.0", enabled: true }, policies: { chain: ["audit-logger"] } };
  writeFileSync(join(cwd, "policy-config.yaml"), JSON.stringify({ ...base, ...document }));
  const io = fakeIo({ cwd, env: { MISTRAL_API_KEY: SECRET, HOME: cwd } });
  const code = await main(["drill", ...flags], io);
  expect(io.written.out + io.written.err).not.toContain(SECRET);
  return { code, cwd, io };
}

async function drilled(document: object, flags: readonly string[] = []) {
  const { code, io } = await run(document, ["--json", ...flags]);
  const report = JSON.parse(io.written.out) as Report;
  const find = (fault: string, request: "plain" | "stream", failing: "first" | "every", at = 0): Drilled =>
    report.routes[at]!.drills.find((one) => one.fault === fault && one.request === request && one.failing === failing)!;
  return { code, report, find };
}

const a = { id: "a", provider: "mistral", model: "large" };
const b = { id: "b", provider: "mistral", model: "small" };

describe("drill", () => {
  test("puts every fault before a route, as both kinds of request, with the configuration's own waits", async () => {
    const { code, report, find } = await drilled(
      {
        providers: {
          targets: [
            { ...a, timeout_seconds: 7, first_token_timeout_seconds: 3, stall_timeout_seconds: 2 },
            { ...b, timeout_seconds: 7 },
          ],
          retry: { max_attempts: 3, initial_backoff_ms: 400, multiplier: 2 },
          circuit_breaker: { failure_threshold: 4 },
        },
        model_groups: [{ name: "chat", targets: ["a", "b"], aliases: ["large"] }],
      },
      ["--route", "chat"],
    );
    expect([code, report.ok, report.routes.length]).toEqual([0, true, 1]);
    const [route] = report.routes;
    expect(route).toMatchObject({ route: "chat", strategy: "fallback", healthy: { outcome: "served", asked: ["a"] } });
    const names = [
      "refused",
      "reset",
      "silent",
      "500",
      "503",
      "429-short",
      "429-long",
      "stall",
      "cut",
      "error-event",
      "malformed-chunk",
      "slow",
    ];
    expect(FAULTS.map(({ name }) => name)).toEqual(names);
    for (const name of names)
      expect(
        route!.drills.filter(({ fault }) => fault === name).map(({ request, failing }) => `${request} ${failing}`),
      ).toEqual(["plain first", "plain every", "stream first", "stream every"]);
    // 0.4 s and 0.8 s of backoff, then the next target
    for (const fault of ["refused", "reset", "500", "503"]) {
      expect(find(fault, "plain", "first")).toMatchObject({ served: true, seconds: 1.2, asked: ["a", "a", "a", "b"] });
      expect(find(fault, "stream", "every")).toMatchObject({
        outcome: "error",
        seconds: 2.4,
        calls: 6,
        client: { status: 502 },
      });
      // the fourth failure opens the breaker, in the second request
      expect(find(fault, "plain", "first").left_alone_after).toBe(2);
    }
    expect(find("silent", "plain", "first")).toMatchObject({ served: true, seconds: 7, asked: ["a", "b"] });
    expect(find("silent", "stream", "first")).toMatchObject({ served: true, seconds: 3 });
    expect(find("silent", "plain", "every")).toMatchObject({ outcome: "error", seconds: 14, client: { status: 504 } });
    expect(find("429-short", "plain", "every")).toMatchObject({ served: true, seconds: 1, asked: ["a", "a"] });
    expect(find("429-long", "plain", "first")).toMatchObject({
      served: true,
      seconds: 0,
      asked: ["a", "b"],
      left_alone_after: 1,
    });
    expect(find("429-long", "plain", "every")).toMatchObject({ outcome: "error", client: { status: 429 } });
    // Mistral goes on with what was delivered
    expect(find("stall", "stream", "first")).toMatchObject({
      served: true,
      seconds: 2,
      first_seconds: 0,
      asked: ["a", "b"],
    });
    expect(find("cut", "stream", "first")).toMatchObject({
      served: true,
      seconds: 0,
      client: { finish_reason: "stop" },
    });
    for (const fault of ["stall", "cut", "error-event", "malformed-chunk"]) {
      const all = find(fault, "stream", "every");
      expect(all).toMatchObject({ outcome: "broken_off", served: false, client: { status: 200, finish_reason: null } });
      expect(all.client.error).toStartWith("upstream_");
    }
    // beyond its timeout a slow answer is the next target's
    expect(find("slow", "plain", "first")).toMatchObject({ served: true, seconds: 7, asked: ["a", "b"] });
  }, 60_000);

  test("goes on asking one target, for as long as its timeouts allow, where there is no other", async () => {
    const target = { id: "only", provider: "openai-compatible", base_url: "http://192.0.2.1/v1", model: "m" };
    const { code, report, find } = await drilled({ providers: { targets: [target] } });
    expect([code, report.routes.map(({ route, strategy }) => `${route} ${strategy}`)]).toEqual([0, ["m single"]]);
    expect(report.routes[0]!.drills.length).toBe(2 * FAULTS.length);
    expect(find("slow", "plain", "every")).toMatchObject({ served: true, seconds: 20, asked: ["only"] });
    expect(find("slow", "stream", "every")).toMatchObject({ served: true, first_seconds: 5 });
    expect(find("cut", "stream", "every")).toMatchObject({ outcome: "broken_off", left_alone_after: 5 });
    expect(find("500", "plain", "every")).toMatchObject({ outcome: "error", asked: ["only", "only"] });
  }, 60_000);

  test("uses no key, no state and no network of the user's, and takes what decides about callers away", async () => {
    const { code, cwd, io } = await run(
      {
        providers: {
          strategy: "round_robin",
          targets: [
            {
              ...a,
              base_url: "https://upstream.invalid/v1",
              secret_key_ref: { env: "NOT_SET" },
              headers: { "x-key": SECRET },
            },
            { id: "s", provider: "simulated", model: "sim", faults: { error_rate: 1 } },
          ],
        },
        consumers: [{ id: "c", key_ref: { env: "MISTRAL_API_KEY" }, rate_limits: { requests_per_minute: 1 } }],
        global_rate_limit: { max_requests: 1, window_seconds: 60 },
        budgets: { per_request_usd: 0 },
      },
      ["--route", "sim"],
    );
    expect([code, io.written.err]).toEqual([0, ""]);
    expect(io.written.out).toContain("sim (round_robin)\n");
    expect(io.written.out).toContain("48 drills: ");
    expect(io.written.out).toEndWith("No answer was silent or short.\n");
    expect([...new Bun.Glob("**/*").scanSync({ cwd, dot: true })]).toEqual(["policy-config.yaml"]);
  }, 60_000);

  test("goes through the policies and from group to group, and asks for nobody's role", async () => {
    const { code, report, find } = await drilled(
      {
        policies: { chain: ["rbac", "audit-logger"] },
        providers: { targets: [a, b, { id: "c", provider: "openai", model: "gpt" }], retry: { max_attempts: 1 } },
        model_groups: [
          { name: "one", targets: ["a"], fallback_group: "two", chain: ["rbac", "audit-logger"] },
          { name: "two", targets: ["b", "c"] },
        ],
      },
      ["--route", "one", "--route", "two"],
    );
    expect([code, report.routes.map(({ route }) => route)]).toEqual([0, ["one", "two"]]);
    expect(report.routes.map(({ healthy }) => healthy.outcome)).toEqual(["served", "served"]);
    expect(find("500", "plain", "first").asked.slice(0, 2)).toEqual(["a", "b"]);
    expect(find("cut", "stream", "first", 1)).toMatchObject({ served: false, outcome: "broken_off" });
  }, 60_000);

  test("says which route nobody answers to even without a fault, and does not drill it", async () => {
    const document = {
      policies: { chain: ["data-routing-policy"] },
      providers: { targets: [a] },
    };
    const { code, report } = await drilled(document);
    expect([code, report.routes[0]]).toMatchObject([0, { healthy: { outcome: "error", calls: 0 }, drills: [] }]);
    const { io } = await run(document);
    expect(io.written.out).toContain("not drilled: without any fault it is not served: error 409: input_blocked");
    expect(io.written.out).toContain("1 route is not served without any fault either");
  }, 60_000);

  test("says the same of the same configuration twice", async () => {
    const document = { providers: { targets: [{ ...a, timeout_seconds: 5 }], retry: { jitter: 1 } } };
    const [first, second] = [await drilled(document), await drilled(document)];
    expect(first.report).toEqual(second.report);
  }, 60_000);

  test("refuses what it cannot drill", async () => {
    const invalid = await run({ providers: { targets: [{ ...a, modle: "x" }] } });
    expect([invalid.code, invalid.io.written.out]).toEqual([2, ""]);
    expect(invalid.io.written.err).toContain("E002");
    const unknown = await run({ providers: { targets: [a] } }, ["--route", "nobody"]);
    expect(unknown.code).toBe(2);
    expect(unknown.io.written.err).toContain('There is no route "nobody" in this configuration: there are "large"');
    const io = fakeIo({ cwd: emptyFolder() });
    expect(await main(["drill"], io)).toBe(2);
    expect(io.written.err).toContain("weir init");
  });
});

describe("the verdict of a drill", () => {
  const good: Seen = { status: 200, text: "all of it", finish: "stop", error: null, ended: true };
  const of = (differs: Partial<Seen>, over = true) =>
    verdictOf({ ...good, ...differs }, over, (text) => text === "all of it");

  test("knows a whole answer from one that only looks like it", () => {
    expect(of({})).toBe("served");
    expect(of({ text: "all of" })).toBe("short");
    expect(of({ finish: null })).toBe("short");
    expect(of({ finish: "length" })).toBe("short");
    expect(of({ ended: false })).toBe("short");
    expect(of({ text: "" })).toBe("silent");
    expect(of({}, false)).toBe("silent");
    expect(verdictOf(NOTHING, true, () => true)).toBe("silent");
  });

  test("an error that the client is told is no failure of the gateway; silence is", () => {
    expect(of({ status: 502, text: "", error: "upstream_failed" })).toBe("error");
    expect(of({ text: "all of", finish: null, ended: false, error: "upstream_cut" })).toBe("broken_off");
    const failures = (["served", "error", "broken_off", "short", "silent"] as const).filter((verdict) =>
      isFailure({ verdict }),
    );
    expect(failures).toEqual(["short", "silent"]);
  });
});
