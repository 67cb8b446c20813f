import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import OpenAI from "openai";
import { main } from "../../src/cli/cli.ts";
import { emptyFolder } from "../support/empty-folder.ts";
import { fakeIo } from "./fake-io.ts";
import { serving } from "./running.ts";

/** Texts of the users' own pages, as printed there. */
const SYSTEM = { role: "system", content: "You are a helpful assistant." } as const;
const EXPERT = {
  role: "system",
  content: "You are an expert programmer. Write clean, well-documented code.",
} as const;
const user = (content: string) => ({ role: "user", content }) as const;

interface Trace {
  readonly route_policy: string;
  readonly decision_mode: string;
  readonly decision_reason: string;
  readonly region: string;
}
type Answer = OpenAI.ChatCompletion & { routing_trace: Trace; vetted: { region: string; receipt_id: string } };

/** A gateway of the demo, or on a template as `weir init` writes it, without the sources that ask outside. */
async function asking(name: string, ask: (client: OpenAI) => Promise<void>): Promise<void> {
  const cwd = emptyFolder();
  if (name !== "demo") {
    expect(await main(["init", "--template", name], fakeIo({ cwd }))).toBe(0);
    const file = `${cwd}/policy-config.yaml`;
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/source: (rte-eco2mix|landsnet)\b/g, '$&\n      base_url: "http://127.0.0.1:9"'));
  }
  const command = name === "demo" ? ["demo", "--traffic", "0"] : ["gateway", "run", "--state-dir", `${cwd}/state`];
  const running = await serving([...command, "--listen", "127.0.0.1:0"], { cwd });
  try {
    await ask(new OpenAI({ baseURL: `${running.url}/v1`, apiKey: "unused", maxRetries: 0 }));
  } finally {
    running.io.stop();
    expect(await running.exit).toBe(0);
  }
}

/** What the SDK sends for `extra_body={"vetted": …}`. */
const vetted = (value: object) => ({ vetted: value }) as object;

describe.each(["demo", "eu-regions", "resilience"])("%s serves what the pages print", (name) => {
  test(
    "a question with a system prompt, a stream, and code",
    () =>
      asking(name, async (client) => {
        const first = await client.chat.completions.create({
          model: "mistral-large-latest",
          messages: [SYSTEM, user("Explain the difference between CNN and RNN architectures.")],
          temperature: 0.7,
          max_tokens: 512,
        });
        expect(first.choices[0]!.message.content).toContain("simulated");
        const stream = await client.chat.completions.create({
          model: "mistral-large-latest",
          messages: [user("Write a short essay on EU AI regulation.")],
          stream: true,
        });
        let text = "";
        for await (const chunk of stream) text += chunk.choices[0]!.delta.content ?? "";
        expect(text).toContain("simulated");
        const code = await client.chat.completions.create({
          model: "codestral-latest",
          messages: [EXPERT, user("Write a Python function to merge two sorted lists in O(n) time.")],
          temperature: 0.2,
        });
        expect(code.model).toBe("simulated/codestral-latest");
      }),
    60_000,
  );

  test(
    "a pin, and carbon-aware routing that says how it decided",
    () =>
      asking(name, async (client) => {
        const ask = async (extra: object) =>
          (await client.chat.completions.create({
            model: "mistral-medium-3",
            messages: [user("hello")],
            ...extra,
          })) as Answer;
        const pinned = await ask(vetted({ region: "atnorth-sto-1" }));
        expect(pinned.routing_trace).toMatchObject({
          route_policy: "pinned",
          decision_reason: "region_pinned_by_request",
          region: "atnorth-sto-1",
        });
        expect(pinned.vetted).toMatchObject({ region: "atnorth-sto-1", receipt_id: expect.stringContaining("rcpt_") });
        const aware = await ask(vetted({ routing: "carbon_aware" }));
        expect(aware.routing_trace.route_policy).toBe("carbon_aware");
        if (name === "demo") expect(aware.routing_trace.decision_mode).toBe("live");
        else {
          // nobody can be asked for signals here: the default path, and not a word of an annual average as if it were live
          expect(aware.routing_trace).toMatchObject({
            decision_mode: "degraded",
            decision_reason: "degraded_no_operational_live_signal",
            region: "scaleway-par-1",
          });
        }
        const refusal: unknown = await ask(vetted({ region: "ovh-rbx-1" })).catch((thrown: unknown) => thrown);
        expect(refusal).toMatchObject({
          status: 503,
          code: "service_unavailable",
          type: "region_unavailable",
        });
      }),
    60_000,
  );
});
