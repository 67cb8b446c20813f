import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Env, makeTarget } from "../../../src/gateway/targets/make-target.ts";
import { scratch } from "../../support/events.ts";
import { configOf } from "../../support/gateway.ts";

const made = (target: object, env: Env = {}) => {
  const [config] = configOf([{ id: "a", base_url: "http://a.test", ...target }]).providers.targets;
  return makeTarget(config!, 0, { env });
};

describe("a target's key", () => {
  test.each<[string, object, string]>([
    ["as a bearer", {}, "Bearer sk-1"],
    ["without prefix", { api_key_prefix: "" }, "sk-1"],
    ["in a header of its own", { api_key_header: "API-Key", api_key_prefix: "" }, "sk-1"],
  ])("goes out %s", (_name, target, value) => {
    const { headers, unavailable } = made({ secret_key_ref: { env: "KEY" }, ...target }, { KEY: "sk-1" });
    const header = "api_key_header" in target ? "api-key" : "authorization";
    expect([headers[header], unavailable]).toEqual([value, null]);
  });

  test("is the provider's own variable where none is named, and none where it needs none", () => {
    expect(made({ provider: "mistral" }, { MISTRAL_API_KEY: "k" }).headers["authorization"]).toBe("Bearer k");
    expect(made({ provider: "openai" }).unavailable).toBe("secret missing: the environment variable OPENAI_API_KEY");
    expect(made({}).unavailable).toBeNull();
    expect(made({}).headers).not.toHaveProperty("authorization");
  });

  test("comes from a file without the blanks around it", () => {
    using dir = scratch();
    const file = join(dir.path, "key");
    for (const text of ["sk-1", "sk-1\n", "sk-1\r\n", " sk-1 \n\n"]) {
      writeFileSync(file, text);
      expect(made({ secret_key_ref: { file } }).headers["authorization"]).toBe("Bearer sk-1");
    }
  });

  test.each<[object, Env, string]>([
    [{ env: "KEY" }, {}, "secret missing: the environment variable KEY"],
    [{ env: "KEY" }, { KEY: "" }, "secret missing: the environment variable KEY"],
    [{ env: "KEY" }, { KEY: " \n" }, "secret missing: the environment variable KEY"],
    [{ file: "/nowhere/key" }, {}, "secret missing: the file /nowhere/key"],
    [
      { env: "KEY" },
      { KEY: "one\ntwo" },
      "secret unusable: the environment variable KEY holds a character that no header can carry",
    ],
    [
      { env: "KEY" },
      { KEY: "sk-…" },
      "secret unusable: the environment variable KEY holds a character that no header can carry",
    ],
  ])("from %p in %p is not there", (secret_key_ref, env, reason) => {
    const target = made({ secret_key_ref }, env);
    expect(target.unavailable).toBe(reason);
    expect(target.headers).not.toHaveProperty("authorization");
  });
});

describe("a target", () => {
  test("has an address for every endpoint its provider knows, with or without /v1", () => {
    for (const base_url of ["http://a.test", "http://a.test/", "http://a.test/v1", "http://a.test/v1/"])
      expect(made({ base_url }).urls).toEqual({
        chat: "http://a.test/v1/chat/completions",
        completions: "http://a.test/v1/completions",
        fim: "http://a.test/v1/fim/completions",
        embeddings: "http://a.test/v1/embeddings",
        moderations: "http://a.test/v1/moderations",
      });
    expect(made({ provider: "mistral" }, { MISTRAL_API_KEY: "k" }).urls).not.toHaveProperty("completions");
  });

  test("sends its constant headers, whatever case they are written in", () => {
    expect(made({ headers: { "X-Org": "1", "User-Agent": "mine" } }).headers).toMatchObject({
      "x-org": "1",
      "user-agent": "mine",
    });
  });

  test("keeps the state it had", () => {
    const before = made({});
    const [config] = configOf([{ id: "a", base_url: "http://a.test" }]).providers.targets;
    expect(makeTarget(config!, 0, { env: {}, live: before.live }).live).toBe(before.live);
  });

  test("counts in milliseconds", () => {
    const seconds = {
      timeout_seconds: 1,
      stream_timeout_seconds: 2,
      first_token_timeout_seconds: 3,
      stall_timeout_seconds: 4,
    };
    expect(made(seconds)).toMatchObject({
      timeoutMs: 1_000,
      streamTimeoutMs: 2_000,
      firstTokenMs: 3_000,
      stallMs: 4_000,
    });
  });

  test.each([
    ["mistral", "auto", "always"],
    ["mistral", "off", "always"],
    ["openai", "auto", "ask"],
    ["openai", "off", "off"],
  ] as const)("of %s with stream_usage %s has usage %s", (provider, stream_usage, usage) => {
    expect(made({ provider, stream_usage }).streamUsage).toBe(usage);
  });
});
