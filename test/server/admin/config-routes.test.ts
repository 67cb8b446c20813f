import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigCheck, ConfigState } from "../../../src/schema/views/config-view.ts";
import { asAdmin, fakeServer } from "../fake-server.ts";

const CANARY = "canary-7f3a";
const BASE = `pack: { name: shop, version: 1.0.0, enabled: true }
policies: { chain: [] }
providers:
  targets:
    - id: large
      provider: simulated
      model: m
      headers: { X-Team: "${CANARY}" }
`;
const loadText = (text: string, env: Record<string, string> = {}) =>
  loadConfig({ files: ["weir.yaml"], env, readFile: () => new TextEncoder().encode(text) });

function serving(inForce: string, now: () => string) {
  const loaded = loadText(inForce);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return fakeServer({ loaded: loaded.config, loadConfig: () => loadText(now()) });
}

const ask = async <T>(fake: ReturnType<typeof fakeServer>, path: string): Promise<{ body: T; text: string }> => {
  const response = await fake.send(path, { headers: asAdmin });
  expect(response.status).toBe(200);
  const text = await response.text();
  return { body: JSON.parse(text) as T, text };
};

describe("/api/config", () => {
  test("shows every value with its origin, secrets masked", async () => {
    const { body, text } = await ask<ConfigState>(
      serving(BASE, () => BASE),
      "/api/config",
    );
    expect(Value.Check(ConfigState, body)).toBe(true);
    expect(body.yaml).toContain("name: shop # weir.yaml:1:");
    expect(body.yaml).toContain("timeout_seconds: 60 # default");
    expect(body.yaml).toContain("[masked]");
    expect(text).not.toContain(CANARY);
  });
});

test("/api/config says the same of one configuration, and never that of another one", async () => {
  const fake = serving(BASE, () => BASE);
  const first = await ask<ConfigState>(fake, "/api/config");
  expect((await ask<ConfigState>(fake, "/api/config")).text).toBe(first.text);
  const other = BASE.replace("name: shop", "name: other");
  const { body } = await ask<ConfigState>(
    serving(other, () => other),
    "/api/config",
  );
  expect(body.yaml).toContain("name: other");
});

describe("/api/config/check", () => {
  const check = (now: string) =>
    ask<ConfigCheck>(
      serving(BASE, () => now),
      "/api/config/check",
    );

  test("of unchanged files says that nothing would change", async () => {
    const { body, text } = await check(BASE);
    expect(Value.Check(ConfigCheck, body)).toBe(true);
    expect(body).toMatchObject({ ok: true, changed: [], needs_restart: [] });
    expect(body.yaml).not.toContain("# default");
    expect(text).not.toContain(CANARY);
  });

  test("names what a reload would change, and what it could not", async () => {
    const { body } = await check(`${BASE}      weight: 3\nserver: { listen: "127.0.0.1:1" }\n`);
    expect(body).toMatchObject({ ok: true, needs_restart: ["server.listen"] });
    expect(body.changed.toSorted()).toEqual(["providers.targets[0].weight", "server.listen"]);
  });

  test("finds what is wrong, with its place and what was meant", async () => {
    const { body } = await check(BASE.replace("model: m", "modle: m"));
    expect(body).toMatchObject({ ok: false, changed: [], needs_restart: [], yaml: null });
    expect(body.problems).toContainEqual(
      expect.objectContaining({ code: "E002", severity: "error", where: "weir.yaml:7:7", suggestion: "model" }),
    );
  });

  test("bears a file that is gone", async () => {
    const fake = fakeServer({
      loadConfig: () =>
        loadConfig({
          files: ["gone.yaml"],
          env: {},
          readFile: () => {
            throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
          },
        }),
    });
    const { body } = await ask<ConfigCheck>(fake, "/api/config/check");
    expect(body).toMatchObject({
      ok: false,
      problems: [{ code: "E006", where: expect.stringContaining("gone.yaml") }],
    });
  });
});
