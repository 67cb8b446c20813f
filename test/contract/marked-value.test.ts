import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { createChain } from "../../src/gateway/chain/chain.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { ENDPOINTS, type Endpoint } from "../../src/lib/context.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { policies } from "../../src/policies/index.ts";
import type { PlaceTable } from "../../src/schema/place-rule.ts";
import { ANSWER_PLACES, CHUNK_PLACES, REQUEST_PLACES } from "../../src/schema/text-places.ts";
import { contextFor, enforced, optionsFor } from "../gateway/chain/policies.ts";
import { parsed } from "../support/codec.ts";

/** A value that every policy under test is to catch: with a blank, so that it is more than a word and no file. */
const VALUE = "ask jane.marked@example.com now";
const MARKED = "jane.marked@example.com";

/** Policies that take the value out wherever it stands. */
const CATCHING = {
  "pii-detector": [{}, { action: "tokenize" }, { entities: ["EMAIL"] }],
  "dlp-filter": [{ blocked_terms: [MARKED] }, { detect_patterns: ["jane\\.marked@[a-z.]+"] }],
} as const;

/** A body with `value` at a place such as `messages[].content`; an unnamed member where any may stand. */
function bodyWith(place: string, value: unknown): JsonObject {
  const steps = place.replaceAll("[]", ".[]").split(".");
  return steps.reduceRight<unknown>((inside, step) => {
    if (step === "[]") return [inside];
    return { [step === "*" || step === "**" ? "anything" : step]: inside };
  }, value) as JsonObject;
}

/** Places where a text may stand, whatever else usually does. */
function placesOf(table: PlaceTable | null): readonly string[] {
  return Object.entries(table ?? {}).flatMap(([place, rule]) => (rule.is === "data" ? [] : [place]));
}

function chainOf(name: keyof typeof CATCHING, settings: object) {
  const module = policies[name];
  const options = Value.Default(module.options, structuredClone(settings)) as never;
  const policy = module.create(options, { fetch, clock: systemClock });
  return createChain(optionsFor([enforced(name, policy, module.phases)]));
}

const contextOf = (endpoint: Endpoint) => contextFor(endpoint);

for (const name of Object.keys(CATCHING) as (keyof typeof CATCHING)[]) {
  for (const settings of CATCHING[name]) {
    describe(`a marked value is caught by ${name} with ${JSON.stringify(settings)}`, () => {
      const chain = chainOf(name, settings);

      test("in every place of every request", async () => {
        const leaks: string[] = [];
        let places = 0;
        for (const endpoint of ENDPOINTS) {
          for (const place of [...placesOf(REQUEST_PLACES[endpoint]), "unknown_member", "messages[].unknown[].deep"]) {
            places++;
            const out = await chain.start(contextOf(endpoint)).request(parsed(bodyWith(place, VALUE)));
            if (out.source.includes(MARKED)) leaks.push(`${endpoint} ${place}`);
          }
        }
        expect(leaks).toEqual([]);
        expect(places).toBeGreaterThan(120);
      });

      test("in every place of every answer, all choices", async () => {
        const leaks: string[] = [];
        for (const endpoint of ENDPOINTS) {
          for (const place of placesOf(ANSWER_PLACES[endpoint])) {
            const body = bodyWith(place, VALUE);
            const { choices } = body as { choices?: readonly unknown[] };
            const both = choices === undefined ? body : { ...body, choices: [...choices, ...choices] };
            const out = await chain.start(contextOf(endpoint)).answer(parsed(both));
            if (out.parsed.source.includes(MARKED)) leaks.push(`${endpoint} ${place}`);
          }
        }
        expect(leaks).toEqual([]);
      });

      test("in every place of every chunk, and where texts grow also cut in two", () => {
        const leaks: string[] = [];
        const grown: string[] = [];
        for (const endpoint of ENDPOINTS) {
          for (const place of placesOf(CHUNK_PLACES[endpoint])) {
            const whole = openStream(chain, endpoint, [bodyWith(place, VALUE)]);
            if (whole.includes(MARKED)) leaks.push(`${endpoint} ${place}`);
            const halves = [VALUE.slice(0, 12), VALUE.slice(12)].map((half) => bodyWith(place, half));
            const out = openStream(chain, endpoint, halves);
            if (!out.includes("jane.mar") && !out.includes("example.com")) grown.push(place);
          }
        }
        expect(leaks).toEqual([]);
        for (const place of GROWING) expect(grown).toContain(place);
      });
    });
  }
}

/** Texts that come in pieces. */
const GROWING = [
  "choices[].delta.content",
  "choices[].delta.content[].text",
  "choices[].delta.content[].thinking[].text",
  "choices[].delta.refusal",
  "choices[].delta.reasoning",
  "choices[].delta.reasoning_content",
  "choices[].delta.tool_calls[].function.arguments",
  "choices[].delta.function_call.arguments",
  "choices[].text",
];

function openStream(chain: ReturnType<typeof chainOf>, endpoint: Endpoint, chunks: readonly JsonObject[]): string {
  const stream = chain.start(contextOf(endpoint)).openStream();
  if (stream === null) return "";
  return JSON.stringify([...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.flush()]);
}
