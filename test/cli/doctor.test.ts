import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeKey } from "../../src/carbon/sign.ts";
import { main } from "../../src/cli/cli.ts";
import { worstCases } from "../../src/cli/doctor/worst-case.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { configOf } from "../support/gateway.ts";
import { hasPostgres, startPostgres } from "../support/postgres-server.ts";
import { hasRedis, startRedis } from "../support/redis-server.ts";
import { fakeIo, weir } from "./fake-io.ts";

const KEY = "sk-very-secret";

/** Answers GET /v1/models with the status that the path names; 200 wants our key, 299 is the list for anybody. */
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const status = Number(new URL(request.url).pathname.split("/")[1]);
    if (status === 200 && request.headers.get("authorization") !== `Bearer ${KEY}`)
      return new Response("", { status: 401 });
    if (status === 200 || status === 299)
      return Response.json({ data: [{ id: "known" }, { id: "llama3:latest" }, { id: "models/gem" }] });
    const headers = { location: "http://127.0.0.1:9/stolen" };
    return new Response("", { status, headers });
  },
});
afterAll(() => upstream.stop(true));

interface Report {
  ok: boolean;
  checks: { name: string; status: string; detail: string; ms?: number }[];
  routes: { route: string; worst_case_seconds: number }[];
}

async function examine(
  target: object,
  { env = { KEY }, extra = {}, mode }: { env?: Record<string, string>; extra?: object; mode?: number } = {},
) {
  const cwd = emptyFolder();
  if (mode !== undefined) {
    mkdirSync(join(cwd, "state"));
    chmodSync(join(cwd, "state"), mode);
  }
  const document = {
    pack: { name: "t", version: "1.0.0", enabled: true },
    policies: { chain: [] },
    providers: {
      targets: [{ id: "up", provider: "openai-compatible", model: "known", secret_key_ref: { env: "KEY" }, ...target }],
    },
    ...extra,
  };
  writeFileSync(join(cwd, "policy-config.yaml"), JSON.stringify(document));
  const doctor = ["doctor", "--state-dir", join(cwd, "state")];
  const { code, out, err } = await weir([...doctor, "--json"], { cwd, env });
  const people = await weir(doctor, { cwd, env });
  expect(people.code).toBe(code);
  expect(out + err + people.out + people.err).not.toContain(KEY);
  return { code, report: JSON.parse(out) as Report, people: people.out };
}
const at = (status: number) => ({ base_url: `http://127.0.0.1:${upstream.port}/${status}/v1` });
const nobody = { base_url: "http://127.0.0.1:9/v1" };
const targetCheck = (report: Report) => report.checks.find(({ name }) => name === "target up")!;

describe("doctor", () => {
  test("asks by a target's proxy, and says that one of the environment is not used", async () => {
    const { report } = await examine({
      base_url: "http://nowhere.invalid/200/v1",
      proxy: `http://127.0.0.1:${upstream.port}`,
    });
    expect(targetCheck(report)).toMatchObject({ status: "ok" });
    const away = await examine({ ...nobody, proxy: "http://u:hush@127.0.0.1:9" });
    expect(targetCheck(away.report).detail).toEndWith("nothing listens there (asked by its proxy)");
    expect(away.people).not.toContain("hush");
    const ignored = await examine(nobody, { env: { KEY, HTTP_PROXY: "http://proxy.example:3128" } });
    expect(targetCheck(ignored.report).detail).toContain("; HTTP_PROXY is not used");
    expect(targetCheck((await examine(nobody)).report).detail).toEndWith("nothing listens there");
  });

  test.each([
    [0o700, "ok"],
    [0o775, "ok"],
    [0o1777, "ok"],
    [0o777, "warning"],
  ])("a state directory of mode %o", async (mode, status) => {
    const { code, report } = await examine(at(200), { mode });
    const state = report.checks.find(({ name }) => name === "state directory");
    expect([code, state?.status, state?.detail.includes("chmod")]).toEqual([0, status, status === "warning"]);
  });

  test("shows no address and no description that were made from a secret", async () => {
    const target = {
      base_url: `http://127.0.0.1:${upstream.port}/200/\${PATH_TOKEN}/v1`,
      description: `of \${PATH_TOKEN}`,
    };
    const { report, people } = await examine(target, { env: { KEY, PATH_TOKEN: "hush" } });
    expect(targetCheck(report)).toMatchObject({
      status: "ok",
      detail: "[masked]: reachable, the key is accepted ([masked])",
    });
    expect(JSON.stringify(report) + people).not.toContain("hush");
  });

  test("finds nothing wrong where nothing is", async () => {
    const { code, report, people } = await examine(at(200));
    expect([code, report.ok]).toEqual([0, true]);
    expect(targetCheck(report)).toMatchObject({ status: "ok", detail: expect.stringContaining("the key is accepted") });
    expect(targetCheck(report).ms).toBeGreaterThanOrEqual(0);
    expect(report.checks).toContainEqual(expect.objectContaining({ name: "secret of up", status: "ok" }));
    expect(report.checks).toContainEqual(expect.objectContaining({ name: "state directory", status: "ok" }));
    expect(report.routes).toMatchObject([{ route: "default" }]);
    expect(people).toContain("Nothing is broken.");
  });

  test.each([
    [401, "broken", "refuses the key"],
    [403, "broken", "refuses the key"],
    [404, "ok", "lists no models"],
    [307, "broken", "never followed"],
    [429, "warning", "limits us"],
    [500, "broken", "answers 500"],
  ])("a target that answers %d is %s", async (status, verdict, detail) => {
    const { code, report } = await examine(at(status));
    expect(targetCheck(report)).toMatchObject({ status: verdict, detail: expect.stringContaining(detail) });
    expect(code).toBe(verdict === "broken" ? 1 : 0);
  });

  test.each([
    [299, {}, "ok", "reachable, without a key"],
    [401, {}, "broken", "wants a key (401): name one with secret_key_ref"],
    [403, {}, "broken", "wants a key (403): name one with secret_key_ref"],
    [299, { headers: { "X-Api-Key": "constant" } }, "ok", "the key is accepted"],
    [401, { headers: { "X-Api-Key": "constant" } }, "broken", "refuses the key"],
  ])("a target without secret_key_ref that answers %d (%j) is %s", async (status, more, verdict, detail) => {
    const { report } = await examine({ ...at(status), secret_key_ref: undefined, ...more });
    expect(targetCheck(report)).toMatchObject({ status: verdict, detail: expect.stringContaining(detail) });
  });

  test("an address that is taken is said, and one that this machine has not is broken", async () => {
    using taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const listen = async (address: string) => {
      const { code, report } = await examine(at(200), { extra: { server: { listen: address } } });
      const { status, detail } = report.checks.find(({ name }) => name === "listen")!;
      return [code, status, detail];
    };
    const address = `127.0.0.1:${taken.port}`;
    const there = `http://${address}`;
    expect(await listen(address)).toEqual([0, "ok", `${there}; taken now, by this gateway if it runs`]);
    await taken.stop(true);
    expect(await listen(address)).toEqual([0, "ok", there]);
    const [code, status, detail] = await listen("203.0.113.9:8080");
    expect([code, status]).toEqual([1, "broken"]);
    expect(detail).toContain("203.0.113.9 is no address of this machine");
  });

  test("a target's description stands beside what was found", async () => {
    const { report } = await examine({ ...at(200), description: "the big one" });
    expect(targetCheck(report).detail).toEndWith("the key is accepted (the big one)");
  });

  test.each(["llama3", "llama3:latest", "gem", "models/gem"])(
    "a model that is listed otherwise is there: %s",
    async (model) => {
      expect(targetCheck((await examine({ ...at(200), model })).report).status).toBe("ok");
    },
  );

  test("a model that the upstream does not list is a warning", async () => {
    const { code, report } = await examine({ ...at(200), model: "unknwon" });
    expect(targetCheck(report)).toMatchObject({ status: "warning", detail: expect.stringContaining('"unknwon"') });
    expect(code).toBe(0);
  });

  test("a target that is not there, or whose name does not resolve, is broken", async () => {
    const refused = await examine({ base_url: "http://127.0.0.1:9/v1" });
    expect(targetCheck(refused.report)).toMatchObject({
      status: "broken",
      detail: expect.stringContaining("nothing listens"),
    });
    const nowhere = await examine({ base_url: "http://upstream.invalid/v1" });
    // on a machine without a resolver nobody knows whether it would
    const unknown = expect.stringMatching(/resolve|cannot be looked up now/);
    expect(targetCheck(nowhere.report)).toMatchObject({ status: "broken", detail: unknown });
    expect([refused.code, nowhere.code]).toEqual([1, 1]);
  });

  test("a missing secret is broken, and the target is not asked", async () => {
    const { code, report } = await examine(at(200), { env: {} });
    expect(report.checks).toContainEqual(expect.objectContaining({ name: "secret of up", status: "broken" }));
    expect(targetCheck(report).detail).toContain("secret missing");
    expect(code).toBe(1);
  });

  test("every other secret is looked for too, and a missing one is a warning", async () => {
    const extra = {
      consumers: [
        { id: "there", key_ref: { env: "THERE" } },
        { id: "gone", key_ref: { env: "GONE" } },
        { id: "hashed", key_sha256: "a".repeat(64) },
      ],
      server: { admin_token_ref: { file: "/nowhere/token" } },
      telemetry: { metrics: { token_ref: { env: "BLANK" } } },
    };
    const { code, report } = await examine(at(200), { env: { KEY, THERE: KEY, BLANK: " " }, extra });
    expect(
      report.checks.filter(({ name }) => name.startsWith("secret of ")).map((check) => Object.values(check)),
    ).toEqual([
      ["secret of up", "ok", "the environment variable KEY holds one"],
      ["secret of server.admin_token_ref", "warning", "the file /nowhere/token is missing or empty"],
      ["secret of telemetry.metrics.token_ref", "warning", "the environment variable BLANK is missing or empty"],
      ["secret of consumer there", "ok", "the environment variable THERE holds one"],
      ["secret of consumer gone", "warning", "the environment variable GONE is missing or empty"],
    ]);
    expect(code).toBe(0);
  });

  test("calls a key of receipts broken that is not there or cannot sign: the gateway would not start", async () => {
    const receipts = { key_ref: { env: "RECEIPTS" } };
    const of = async (env: Record<string, string>) => {
      const { code, report } = await examine(at(200), { env: { KEY, ...env }, extra: { receipts } });
      const { status, detail } = report.checks.find(({ name }) => name === "secret of receipts.key_ref")!;
      return [code === 0, status, detail];
    };
    expect([await of({}), await of({ RECEIPTS: "-----BEGIN RSA" }), await of({ RECEIPTS: makeKey() })]).toEqual([
      [false, "broken", "the environment variable RECEIPTS is missing or empty"],
      [
        false,
        "broken",
        "the environment variable RECEIPTS: it is no Ed25519 private key: PKCS#8 in PEM or a JWK is accepted",
      ],
      [true, "ok", "the environment variable RECEIPTS holds one"],
    ]);
  });

  test("servers of the ledger and of counters that cannot be reached are broken", async () => {
    const url = (scheme: string) => `${scheme}://weir:${KEY}@127.0.0.1:9`;
    const store = { url: `${url("postgres")}/weir`, counters: { url: url("redis") } };
    const { code, report } = await examine(at(200), { extra: { store } });
    expect(report.checks.find(({ name }) => name === "ledger")).toMatchObject({
      status: "broken",
      detail: expect.stringContaining("the server cannot be reached"),
    });
    expect(report.checks.find(({ name }) => name === "counters")).toMatchObject({
      status: "broken",
      detail: expect.stringContaining("does it take this user and password"),
    });
    expect(code).toBe(1);
  });

  test("an invalid configuration is shown with its places", async () => {
    const { code, report } = await examine(at(200), { extra: { nonsense: 1 } });
    expect(report.checks).toContainEqual(
      expect.objectContaining({ name: "config E002", status: "broken", detail: expect.stringContaining("nonsense") }),
    );
    expect(code).toBe(2);
  });

  test("without a configuration says how to get one", async () => {
    const io = fakeIo({ cwd: emptyFolder() });
    expect(await main(["doctor"], io)).toBe(2);
    expect(io.written.out).toContain("weir init");
  });

  test("a simulated target needs no network and no secret", async () => {
    const { code, report } = await examine({ provider: "simulated", secret_key_ref: undefined });
    expect(targetCheck(report).detail).toContain("inside the gateway");
    expect(code).toBe(0);
  });
});

describe.skipIf(!hasPostgres || !hasRedis)("servers that answer", () => {
  test("are said to, before the gateway has ever used them", async () => {
    await using postgres = await startPostgres();
    await using redis = await startRedis();
    const store = { url: await postgres.database(), counters: { url: redis.url } };
    const { code, report } = await examine(at(200), { extra: { store } });
    const servers = report.checks.filter(({ name }) => name === "ledger" || name === "counters");
    expect(servers.map(({ name, status, detail }) => [name, status, detail])).toEqual([
      ["ledger", "ok", "the server of store.url answers; the first start makes its tables"],
      ["counters", "ok", "the server of store.counters.url answers"],
    ]);
    expect(code).toBe(0);
  });
});

describe("worstCases", () => {
  const retry = { max_attempts: 2, max_backoff_ms: 1000, jitter: 0.5, max_retry_after_seconds: 20 };
  const targets = [
    { id: "a", timeout_seconds: 10, stream_timeout_seconds: 30 },
    { id: "b", timeout_seconds: 20, stream_timeout_seconds: 40 },
  ];

  test("adds up every attempt and the longest waits, and ends at the total timeout", () => {
    const wide = configOf(targets, { providers: { retry, total_timeout_seconds: 1000 } });
    expect(worstCases(wide)).toEqual([{ route: "default", plainSeconds: 100, streamSeconds: 180, capped: false }]);
    const narrow = configOf(targets, { providers: { retry, total_timeout_seconds: 90 } });
    expect(worstCases(narrow)).toMatchObject([{ plainSeconds: 90, streamSeconds: 90, capped: true }]);
  });

  test("counts each wait at its own length", () => {
    const growing = { max_attempts: 4, initial_backoff_ms: 100, multiplier: 10, max_backoff_ms: 5_000, jitter: 0.2 };
    const plain = (more: object) => {
      const config = configOf([{ id: "a", timeout_seconds: 1 }], {
        providers: { retry: { ...growing, ...more }, total_timeout_seconds: 1000 },
      });
      return worstCases(config)[0]?.plainSeconds;
    };
    expect(plain({ max_retry_after_seconds: 0 })).toBe(4 + 0.12 + 1.2 + 5);
    expect(plain({ max_retry_after_seconds: 2 })).toBe(4 + 2 + 2 + 5);
    expect(plain({ max_retry_after_seconds: 20, retry_on_status: [] })).toBe(4 + 0.12 + 1.2 + 5);
  });

  test("counts what going on with a broken stream may add, where a target can", () => {
    const stream = (target: object, stream_resume: string) => {
      const fallback = { max_fallback_attempts: 2, stream_resume };
      const config = configOf([{ id: "a", stream_timeout_seconds: 10, ...target }], {
        providers: { fallback, total_timeout_seconds: 1000 },
      });
      return worstCases(config)[0]?.streamSeconds;
    };
    expect(stream({ provider: "mistral" }, "prefix")).toBe(30);
    expect(stream({}, "prefix")).toBe(10);
    expect(stream({}, "realign")).toBe(30);
    expect(stream({ provider: "mistral" }, "off")).toBe(10);
  });

  test("counts one target where there is no failover, and names groups", () => {
    const config = configOf(targets, {
      providers: { retry, strategy: "single", total_timeout_seconds: 1000 },
      model_groups: [{ name: "both", targets: ["a", "b"], aliases: [], strategy: "fallback" }],
    });
    expect(worstCases(config).map(({ route, plainSeconds }) => [route, plainSeconds])).toEqual([
      ["default", 60],
      ["both", 100],
    ]);
  });
});
