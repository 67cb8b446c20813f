import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { LARGEST_FILE_BYTES } from "../../src/config/layers/read.ts";
import { loadConfig } from "../../src/config/load.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { lineOf } from "./case.ts";

const SEEDS = resolve(import.meta.dir, "../../../shared/spec/seed-configs");
const KEYS = { MISTRAL_API_KEY: "k", OPENAI_API_KEY: "k" };
const HEAD = "pack: {name: x, version: 1.0.0, enabled: true}\npolicies: {chain: []}\n";
const SMALL = `${HEAD}providers: {targets: [{id: a, provider: simulated, model: m}]}\n`;

const bytes = (text: string) => new TextEncoder().encode(text);
const load = (text: string | Uint8Array, env: Record<string, string> = {}) =>
  loadConfig({ files: ["f.yaml"], env, readFile: () => (typeof text === "string" ? bytes(text) : text) });

test.each([
  ["budgets: {usd_per_day: }", "budgets must be a map with at least one of per_request_usd, usd_per_day,"],
  [
    "receipts: {key_ref: {env: }}",
    "receipts.key_ref must be a map with exactly one of env, file, store, not a map with an empty env",
  ],
  ["policy: {agent-firewall: {rate_limits: 5}}", "rate_limits must be a map, each key the name of a tool (* and"],
  [
    "carbon: {sources: [{source: replay, series: [{zone: FR, gco2_per_kwh: 3}]}]}",
    "gco2_per_kwh must be a list of numbers or null with at least one entry, not 3",
  ],
  ["retry: {max_attempts: 1}", 'unknown key "retry" in the document (it stands at providers.retry); valid keys: pack,'],
  ["strategy: latency", 'unknown key "strategy" in the document (it stands at providers.strategy)'],
  ["listen: x", 'unknown key "listen" in the document (it stands at server.listen)'],
  ["server: {retention_days: 3}", 'unknown key "retention_days" in server (it stands at store.retention_days)'],
  ["provider_routing: {pool: x}", "hedge, strategy"],
  [`server: {listen: \${LISTEN}, workers: \${N}}`, "must stand in quotes"],
  ["nothing_like_it: x", 'unknown key "nothing_like_it" in the document; valid keys'],
])("says what would be right: %s", (wrong, said) => {
  const { problems } = load(`${SMALL}${wrong}\n`);
  expect(problems.filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([
    expect.stringContaining(said),
  ]);
});

test("tells how another layer changes the place of a secret, and only where there is another", () => {
  const wrong = (own: string, env: Record<string, string>) => {
    const { problems } = load(`${SMALL}receipts: {key_ref: ${own}}\n`, env);
    return problems.find(({ severity }) => severity === "error")?.message;
  };
  const over = { WEIR__RECEIPTS__KEY_REF__FILE: "f.yaml" };
  expect(wrong("{env: A}", over)).toEndWith(
    "not a map with env, file: to have another in place of env, set env to null as well",
  );
  expect(wrong("{env: A, file: b}", {})).toEndWith("not a map with env, file");
  expect(wrong("{env: A}", { ...over, WEIR__RECEIPTS__KEY_REF__ENV: "null" })).toBeUndefined();
});

test.each([
  ["headers: x", ["headers must be a map, each key the name of an HTTP header, not this text"]],
  ["headers: {'a b': x}", ['the key "a b" in providers.targets[0].headers must be the name of an HTTP header']],
  ["energy: {}", ["energy must be a map with at least one of active_params_b, total_params_b, gpus, bits, pue, wue,"]],
  ["models: 3", ["models must be a list, each entry a model name, or a map with name and upstream, not 3"]],
  ["models: [{upstream: x}]", ["missing key providers.targets[0].models[0].name: it must be text"]],
  ["models: [{}]", ["missing key providers.targets[0].models[0].name: it must be text"]],
])("says what would be right at a target: %s", (wrong, said) => {
  const { problems } = load(`${HEAD}providers: {targets: [{id: a, provider: simulated, model: m, ${wrong}}]}\n`);
  expect(problems.filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual(
    said.map((text) => expect.stringContaining(text)),
  );
});

const hasSeeds = existsSync(SEEDS);

describe.skipIf(!hasSeeds)("the blocks users paste (skipped only where ../shared/spec is missing)", () => {
  // the body of a skipped block is run all the same
  const files = hasSeeds ? readdirSync(SEEDS).sort() : [];

  test("are all there", () => {
    expect(files.length).toBe(12);
  });

  for (const file of files.filter((name) => !name.includes("fragment") && !name.startsWith("01"))) {
    test(`${file} loads unchanged`, () => {
      const result = loadConfig({ files: [join(SEEDS, file)], env: KEYS });
      expect(result.problems.filter(({ code }) => code !== "W004").map(lineOf)).toEqual([]);
      expect(result.ok).toBe(true);
      if (result.ok) expect(result.config.policy["audit-logger"]?.["log_all_access"]).toBe(true);
    });
  }

  test("01 lacks nothing but policy kinds", () => {
    const result = loadConfig({ files: [join(SEEDS, "01-minimal-mistral-gateway.yaml")], env: KEYS });
    const errors = result.problems.filter(({ severity }) => severity === "error");
    expect(errors.filter(({ code }) => code !== "E001").map(lineOf)).toEqual([]);
    const kinds = ["prompt-injection", "pii-detector", "safety-filter"];
    expect(errors.filter(({ message }) => !kinds.some((kind) => message.includes(`"${kind}"`)))).toEqual([]);
  });

  test("02 and 03 are the same target", () => {
    const targetOf = (file: string) => {
      const fragment = readFileSync(join(SEEDS, file), "utf8");
      const indented = fragment.replaceAll(/^/gm, "    ");
      const result = load(`${HEAD}providers:\n  targets:\n${indented}`, KEYS);
      return result.ok ? result.config.providers.targets : result.problems;
    };
    const short = targetOf("02-target-shorthand-fragment.yaml");
    expect(short).toEqual(targetOf("03-target-explicit-fragment.yaml"));
    expect(short[0]).toMatchObject({ id: "mistral-large", provider: "mistral", model: "mistral-large-latest" });
  });
});

describe("what is loaded", () => {
  test("is frozen to the bottom", () => {
    const result = load(SMALL);
    if (!result.ok) throw new Error("expected a configuration");
    const thawed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    visit(result.config, "config");
    expect(thawed).toEqual([]);
    expect(() => {
      (result.config.providers.targets as unknown[]).push(1);
    }).toThrow();
  });

  test("does not share anything with the next loading", () => {
    const [one, two] = [load(SMALL), load(SMALL)];
    if (!one.ok || !two.ok) throw new Error("expected configurations");
    expect(one.config).toEqual(two.config);
    expect(one.config.providers.retry.retry_on_status).not.toBe(two.config.providers.retry.retry_on_status);
  });

  test("has no free key __proto__", () => {
    const result = load(
      `${HEAD}providers: {targets: [{id: a, provider: simulated, model: m, headers: {__proto__: x}}]}`,
    );
    expect(result.problems.map(lineOf)).toEqual(["f.yaml:3:72 E005 providers.targets[0].headers.__proto__"]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test("is the same with CRLF and with a byte order mark", () => {
    const plain = load(SMALL);
    expect(load(SMALL.replaceAll("\n", "\r\n"))).toEqual(plain);
    expect(load(`\uFEFF${SMALL}`)).toMatchObject({ ok: true });
  });
});

describe("lengths", () => {
  test.each(["n", "ж", "水", "😀"])("are those of characters, as the JSON Schema counts them: %s", (character) => {
    const named = (count: number) => load(SMALL.replace(/name: [^,]+/, `name: "${character.repeat(count)}"`));
    expect(named(200).ok).toBe(true);
    for (const count of [201, 500]) {
      expect(named(count).problems.map(({ code, path }) => [code, path])).toEqual([["E005", "pack.name"]]);
    }
  });
});

describe("files that cannot be read", () => {
  const folder = emptyFolder();
  const codes = (path: string) =>
    loadConfig({ files: [path], env: {} }).problems.map(({ code, message }) => `${code} ${message}`);

  test("a file that is not there, and a directory", () => {
    expect(codes(join(folder, "nowhere.yaml"))[0]).toMatch(/^E006 cannot read the file .*: there is no such file$/);
    expect(codes(folder)[0]).toMatch(/^E006 cannot read the file .*: it is a directory$/);
    expect(codes(join(folder, "x\0y"))[0]).toStartWith("E006 cannot read the file");
  });

  test("one that never ends, and one that is too large", () => {
    expect(codes("/dev/zero")).toEqual([`E006 cannot read the file: it has more than ${LARGEST_FILE_BYTES} bytes`]);
    expect(load(`# ${"x".repeat(LARGEST_FILE_BYTES)}`).problems.map(({ code }) => code)).toEqual(["E006"]);
  });

  test("text that is not UTF-8, and what is no text", () => {
    const latin1 = Uint8Array.from([...bytes("pack: {name: "), 0xe9, ...bytes("}\n")]);
    const utf16 = new Uint8Array(new Uint16Array([0xfeff, ...[...SMALL].map((c) => c.charCodeAt(0))]).buffer);
    for (const bad of [latin1, utf16, bytes("pack: \0")]) {
      const { ok, problems } = load(bad);
      expect(ok).toBe(false);
      expect(problems.map(({ code }) => code)).toEqual(["E006"]);
    }
  });

  test("all of several files are named", () => {
    const good = join(folder, "good.yaml");
    writeFileSync(good, SMALL);
    const result = loadConfig({ files: [good, join(folder, "a"), join(folder, "b")], env: {} });
    expect(result.problems.map(({ file }) => file)).toEqual([join(folder, "a"), join(folder, "b")]);
  });
});

describe("loadConfig", () => {
  const word = fc.constantFrom(
    "pack",
    "providers",
    "targets",
    "id",
    "policy",
    "policies",
    "chain",
    "a",
    "",
    "x: y",
    "$" + "{A}",
    "&a",
    "*a",
    "null",
    "~",
    "<<",
  );
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(word, tie("any"), { maxKeys: 5 }),
    ),
  })).any;

  test("never throws, whatever the text", () => {
    const yamlish = fc.array(
      fc.oneof(
        word,
        fc.string(),
        fc.constantFrom("\n", "  ", "- ", ": ", "[", "]", "{", "}", "|", ">", "'", '"', "#", "---\n", "\t"),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          yamlish.map((parts) => parts.join("")),
        ),
        (text) => {
          expect(load(text).ok).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        expect(load(data).problems.length).toBeGreaterThan(0);
      }),
    );
  });

  test("never throws, whatever stands where", () => {
    const whole = { pack: { name: "x", version: "1.0.0", enabled: true }, policies: { chain: ["audit-logger"] } };
    const paths = [
      "pack",
      "policies",
      "policy",
      "providers",
      "model_groups",
      "server",
      "store",
      "telemetry",
      "testing",
      "size_limits",
      "provider_routing",
      "provider_fallback",
    ];
    const inner = ["targets", "routing", "fallback", "retry", "circuit_breaker", "strategy", "total_timeout_seconds"];
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...paths), value),
        fc.dictionary(fc.constantFrom(...inner), value),
        (top, providers) => {
          const text = JSON.stringify({
            ...whole,
            providers: { targets: [{ id: "a", provider: "simulated", model: "m" }], ...providers },
            ...top,
          });
          const result = load(text, { A: "1" });
          expect(result.ok).toBe(!result.problems.some(({ severity }) => severity === "error"));
        },
      ),
      { numRuns: 500 },
    );
  }, 60_000);

  test("never throws, whatever a target says", () => {
    const keys = [
      "id",
      "provider",
      "model",
      "models",
      "base_url",
      "proxy",
      "secret_key_ref",
      "headers",
      "faults",
      "pricing",
      "data_policy",
      "zdr",
      "health_probe",
      "timeout_seconds",
      "weight",
      "provider_type",
    ];
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.constantFrom(...keys), value), { maxLength: 3 }), (targets) => {
        const result = load(`${HEAD}providers: ${JSON.stringify({ targets })}`, { A: "1" });
        expect(result.ok).toBe(!result.problems.some(({ severity }) => severity === "error"));
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  test("never throws, whatever the environment says", () => {
    const name = fc.array(
      fc.constantFrom("PROVIDERS", "TARGETS", "a", "MODEL", "HEADERS", "x", "", "_", "POLICY", "AUDIT_LOGGER", "PACK"),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(name, fc.oneof(word, fc.string()), (steps, text) => {
        const result = load(SMALL, { [`WEIR__${steps.join("__")}`]: text });
        expect(result.ok).toBe(!result.problems.some(({ severity }) => severity === "error"));
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test("never repeats what may be a secret", () => {
    const secret = "sk-live-0123456789";
    const target = (more: string) => `${HEAD}providers: {targets: [{id: a, provider: mistral, model: m, ${more}}]}`;
    const texts = [
      target(`secret_key_ref: ${secret}`),
      target(`secret_key_ref: {env: ${secret}}`),
      target(`secret_key_ref: {env: [${secret}]}`),
      target(`headers: ${secret}`),
      target(`headers: {x-key: "${secret}\\n"}`),
      target(`base_url: "ftp://u:${secret}@host"`),
      target(`base_url: "https://u:${secret}@host"`),
      target(`proxy: "ftp://u:${secret}@host"`),
      target(`proxy: "http://u:${secret}@host/path"`),
      target(`timeout_seconds: "\${TOKEN}"`),
      target(`provider_type: "\${TOKEN}"`),
      `${SMALL}store: {url: "mysql://u:${secret}@h/d"}`,
      `${SMALL}store: {url: "postgres://u:${secret}@h /d"}`,
      `${SMALL}server: {admin_token_ref: ${secret}}`,
    ];
    for (const text of texts) {
      const result = load(text, { TOKEN: secret, [secret]: "x" });
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result.problems)).not.toContain(secret);
    }
    const overridden = load(SMALL, { WEIR__STORE__URL: `nonsense:${secret}` });
    expect(overridden.ok).toBe(false);
    expect(JSON.stringify(overridden.problems)).not.toContain(secret);
  });
});
