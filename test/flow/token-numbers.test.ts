import { describe, expect, test } from "bun:test";
import { encode } from "gpt-tokenizer/encoding/cl100k_base";
import type { Endpoint } from "../../src/lib/context.ts";
import { configOf, testGateway } from "../support/gateway.ts";
import { json, rawUpstream } from "../support/raw-upstream.ts";

const SECRET = "Write to jane.doe@example.com.";
const POLICIES = { "pii-detector": {}, "audit-logger": {} };
const VECTORS = { object: "list", model: "m", data: [{ object: "embedding", index: 0, embedding: [1] }] };

/** What the target gets of a request; or the error for it. */
async function sent(
  body: object,
  { model = "text-embedding-3-small", endpoint = "embeddings", ...more }: Sending = {},
) {
  using up = await rawUpstream(json(VECTORS));
  const policies = { chain: ["pii-detector"], ...more };
  const config = configOf([{ id: "a", base_url: up.url, model }], { policies, policy: POLICIES });
  const response = await testGateway(config).ask(body, { endpoint });
  return { status: response.status, answer: await response.json(), got: up.requests[0]?.body };
}

interface Sending {
  readonly model?: string;
  readonly endpoint?: Endpoint;
  readonly chain?: readonly string[];
}

describe("a text that comes as token numbers", () => {
  test("is read by policies, and goes on as they leave it, every other byte as it came", async () => {
    const { got } = await sent({ model: "a", input: encode(SECRET), x: 1.0, user: "u" });
    expect(JSON.parse(got!)).toMatchObject({ input: ["Write to [EMAIL_REDACTED]."], x: 1, user: "u" });
  });

  test("in several lists, and in a prompt", async () => {
    const input = [encode("Łódź 😀"), encode(SECRET)];
    expect(JSON.parse((await sent({ model: "a", input })).got!)).toMatchObject({
      input: ["Łódź 😀", "Write to [EMAIL_REDACTED]."],
    });
    const asked = { model: "gpt-3.5-turbo-instruct", endpoint: "completions" } as const;
    expect(JSON.parse((await sent({ model: "a", prompt: encode(SECRET) }, asked)).got!)).toMatchObject({
      prompt: ["Write to [EMAIL_REDACTED]."],
    });
  });

  test("is read where every target that it may reach has a known vocabulary", async () => {
    using up = await rawUpstream(json(VECTORS));
    const small = { base_url: up.url, model: "text-embedding-3-small" };
    const models = [{ name: "text-embedding-3-large", upstream: "deployment" }];
    const targets = [
      { id: "a", ...small },
      { id: "b", ...small },
      { id: "azure", base_url: up.url, model: "deployment", models },
      { id: "other", base_url: up.url, model: "bge-m3" },
      { id: "instruct", base_url: up.url, model: "gpt-3.5-turbo-instruct" },
    ];
    const gateway = testGateway(
      configOf(targets, {
        policies: { chain: ["pii-detector"] },
        policy: POLICIES,
        model_groups: [
          { name: "alike", targets: ["a"], fallback_group: "further" },
          { name: "further", targets: ["b"] },
          { name: "mixed", targets: ["a"], fallback_group: "unlike" },
          { name: "unlike", targets: ["other"] },
        ],
      }),
    );
    const asked = async (model: string, endpoint: Endpoint = "embeddings") =>
      (await gateway.ask({ model, input: encode(SECRET), prompt: encode(SECRET) }, { endpoint })).status;
    expect([await asked("text-embedding-3-large"), await asked("alike")]).toEqual([200, 200]);
    expect([await asked("azure"), await asked("mixed"), await asked("bge-m3")]).toEqual([400, 400, 400]);
    // a completion may go on to another model
    expect(await asked("instruct", "completions")).toBe(400);
  });

  test("is refused where nobody knows what the numbers stand for", async () => {
    for (const refused of [
      await sent({ model: "a", input: encode(SECRET) }, { model: "bge-m3" }),
      await sent({ model: "a", input: [100_257] }),
      await sent({ model: "a", input: [[1], [100_300]] }),
    ]) {
      expect(refused).toMatchObject({ status: 400, got: undefined });
      expect(refused.answer).toMatchObject({ error: { param: "input", reason_code: "policy.unreadable" } });
    }
  });

  test("goes on in the same numbers where no policy reads texts, or changes any", async () => {
    for (const chain of [[], ["audit-logger"]]) {
      const { got } = await sent({ model: "a", input: encode(SECRET) }, { chain });
      expect(JSON.parse(got!)).toMatchObject({ input: encode(SECRET) });
    }
    const input = encode("nobody's");
    expect(JSON.parse((await sent({ model: "a", input })).got!)).toMatchObject({ input });
  });
});
