import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { answerOf, outcome, usage } from "../gateway/admission/limits-fixture.ts";
import { CHAT, testGateway } from "../support/gateway.ts";
import { ROOT } from "../support/source.ts";

const readme = await Bun.file(`${ROOT}README.md`).text();
/** The README's configuration of that name. */
const shown = (file: string): string =>
  new RegExp(`^\`\`\`yaml\n(# ${file}\n[^\`]*)^\`\`\``, "m").exec(readme)?.[1] ?? "";

/** A gateway of what the README shows, its upstream in its place. */
function fromReadme() {
  const env = { MISTRAL_API_KEY: "sk", SEARCH_KEY: "sk-search", BATCH_KEY: "sk-batch" };
  const files = ["policy-config.yaml", "limits.yaml"];
  const loaded = loadConfig({ files, env, readFile: (path) => new TextEncoder().encode(shown(path)) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const answers = (() => Promise.resolve(Response.json(answerOf(usage(10, 5))))) as unknown as typeof fetch;
  return testGateway(loaded.config, { env, fetch: answers });
}

describe("the README's limits", () => {
  test("know their callers, models, policies and prices", async () => {
    const { ask, events } = fromReadme();
    const asked = (model: string, key: string | null, body: object = {}) =>
      ask({ ...CHAT, ...body, model }, { headers: key === null ? {} : { "x-api-key": key } });
    expect(await outcome(asked("mistral-small", null))).toBe("401 invalid_api_key");
    const answer = await asked("mistral-small", "sk-search");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-ratelimit-limit-requests")).toBe("300");
    expect(answer.headers.get("x-ratelimit-limit-tokens")).toBe("200000");
    expect(await outcome(asked("mistral-small-latest", "sk-search"))).toBe("403 model_not_allowed");
    expect(await outcome(asked("mistral-small-latest", "sk-batch"))).toBe("200");
    expect(await outcome(asked("mistral-small", "sk-batch", { max_tokens: 5_000_000 }))).toBe("402 budget_exceeded");
    expect(events.map(({ consumer, outcome: ended }) => [consumer, ended])).toEqual([
      [null, "invalid_api_key"],
      ["search", "ok"],
      ["search", "model_not_allowed"],
      ["batch", "ok"],
      ["batch", "budget_exceeded"],
    ]);
    expect(events[1]?.cost).toMatchObject({ basis: "estimated" });
    expect(events[1]?.cost?.usd).toBeGreaterThan(0);
  });

  test("hold an address to its rate", async () => {
    const { ask } = fromReadme();
    const headers = { "api-key": "sk-batch", "x-forwarded-for": "203.0.113.9, 198.51.100.7" };
    for (let at = 0; at < 300; at++)
      expect((await ask({ ...CHAT, model: "mistral-small" }, { headers })).status).toBe(200);
    expect(await outcome(ask({ ...CHAT, model: "mistral-small" }, { headers }))).toBe("429 rate_limited");
    const other = { ...headers, "x-forwarded-for": "198.51.100.8" };
    expect(await outcome(ask({ ...CHAT, model: "mistral-small" }, { headers: other }))).toBe("200");
  });
});
