import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { maskConfig } from "../../src/config/mask.ts";
import { showJson, showYaml } from "../../src/config/show.ts";

const TEXT = `
pack: {name: x, version: 1.0.0, enabled: true, author: "by \${API_TOKEN}", description: "for \${STAGE}"}
policies: {chain: []}
providers:
  targets:
    - id: a
      provider: openai-compatible
      model: m
      base_url: https://llm.example/v1?key=hush1&x=1
      proxy: http://u:hush7@proxy.example:3128
      headers: {x-one: "\${API_TOKEN}", x-two: hush2}
      secret_key_ref: {env: MY_KEY}
      api_key_prefix: "Key \${API_TOKEN} "
      health_probe: {enabled: true, path: "/health?token=hush6"}
telemetry: {otlp: {endpoint: "https://collector.example/\${STAGE}/hush5"}}
`;

function load(env: Record<string, string> = {}) {
  const result = loadConfig({
    files: ["f.yaml"],
    env: { API_TOKEN: "hush3", STAGE: "prod", MY_KEY: "hush4", ...env },
    readFile: () => new TextEncoder().encode(TEXT),
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

describe("maskConfig", () => {
  test("hides secrets and shows the rest", () => {
    const shown = maskConfig(load().config) as ReturnType<typeof load>["config"];
    expect(JSON.stringify(shown)).not.toMatch(/hush/);
    expect(shown.providers.targets[0]).toMatchObject({
      base_url: "https://llm.example/v1?[masked]",
      proxy: "http://[masked]@proxy.example:3128",
      headers: { "x-one": "[masked]", "x-two": "[masked]" },
      secret_key_ref: { env: "MY_KEY" },
      api_key_prefix: "[masked]",
      health_probe: { path: "/health?[masked]" },
    });
    expect(shown.pack).toMatchObject({ author: "[masked]", description: "for prod" });
    expect(shown.store.url).toBe("sqlite:ledger.db");
    expect(shown.telemetry.otlp?.endpoint).toBe("https://[masked]");
  });

  test("hides a path on this machine only where it was made from a secret", () => {
    const store = (url: string) => {
      const { config } = load({ WEIR__STORE__URL: url, DATA: "/data" });
      return (maskConfig(config) as typeof config).store.url;
    };
    expect(store(`sqlite:\${API_TOKEN}.db`)).toBe("[masked]");
    expect(store(`sqlite:\${DATA}/ledger.db`)).toBe("sqlite:/data/ledger.db");
    expect(store(`postgres://weir:\${API_TOKEN}@db/weir`)).toBe("postgres://[masked]");
  });

  test("hides the hashes of keys: short keys can be found from them", () => {
    const { config } = load();
    const consumers = [{ id: "bob", key_sha256: "ab".repeat(32), roles: [] }];
    expect(maskConfig({ ...config, consumers } as typeof config)["consumers"]).toEqual([
      { id: "bob", key_sha256: "[masked]", roles: [] },
    ]);
  });

  test("leaves the configuration itself as it is", () => {
    const { config } = load();
    maskConfig(config);
    expect(config.providers.targets[0]?.headers["x-one"]).toBe("hush3");
  });
});

describe("showYaml", () => {
  test("effective: every value with its origin, and still YAML of the same values", () => {
    const loaded = load({ WEIR__SERVER__DRAIN_SECONDS: "7" });
    const text = showYaml({ ...loaded, effective: true });
    expect(parse(text)).toEqual(maskConfig(loaded.config));
    expect(text).toContain("drain_seconds: 7 # WEIR__SERVER__DRAIN_SECONDS\n");
    expect(text).toContain("name: x # f.yaml:2:14\n");
    expect(text).toContain("max_attempts: 2 # default\n");
    expect(text).toContain("model_groups: [] # default\n");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an environment reference as it is shown
    expect(text).toContain("description: for prod # f.yaml:2:88 with ${STAGE}\n");
    expect(text).not.toMatch(/hush/);
  });

  test("without effective: only what was said", () => {
    const text = showYaml({ ...load({ WEIR__SERVER__DRAIN_SECONDS: "7" }), effective: false });
    expect(Object.keys(parse(text))).toEqual(["pack", "policies", "providers", "telemetry", "server"]);
    expect(parse(text).server).toEqual({ drain_seconds: 7 });
    expect(text).not.toContain("# default");
  });
});

describe("showJson", () => {
  test("names the origin of every leaf", () => {
    const { config, origins } = showJson({ ...load(), effective: true });
    expect(origins["providers.targets[0].model"]).toEqual({ kind: "file", file: "f.yaml", line: 8, column: 14 });
    expect(origins["server.drain_seconds"]).toEqual({ kind: "default" });
    const leaves: string[] = [];
    const visit = (value: unknown, path: string): void => {
      const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
      if (inner.length === 0) leaves.push(path);
      for (const [key, each] of inner)
        visit(each, Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
    };
    visit(config, "");
    expect(Object.keys(origins).sort()).toEqual(leaves.sort());
  });
});
