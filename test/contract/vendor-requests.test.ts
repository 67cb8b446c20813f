import { describe, expect, test } from "bun:test";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import fc from "fast-check";
import { GatewayError } from "../../src/lib/errors.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { providers } from "../../src/providers/index.ts";
import { REQUEST_SCHEMAS } from "../../src/schema/requests.ts";
import { sent, sentText } from "../support/codec.ts";
import { problems } from "../support/mistral-schema.ts";
import { refusedByOpenAi } from "../support/openai-schema.ts";
import { MISTRAL_FILE, OPENAI_FILE } from "../support/vendor-schema.ts";
import { type Instead, valuesOf } from "../support/vendor-values.ts";

const NAMES = {
  openai: {
    chat: "CreateChatCompletionRequest",
    completions: "CreateCompletionRequest",
    embeddings: "CreateEmbeddingRequest",
    moderations: "CreateModerationRequest",
  },
  mistral: {
    chat: "ChatCompletionRequest",
    fim: "FIMCompletionRequest",
    embeddings: "EmbeddingRequest",
    moderations: "ClassificationRequest",
  },
} as const;

type Vendor = keyof typeof NAMES;
type Named = "chat" | "completions" | "fim" | "embeddings" | "moderations";
const LISTED = (Object.keys(NAMES) as Vendor[]).flatMap((vendor) =>
  Object.entries(NAMES[vendor]).map(([endpoint, name]) => [vendor, endpoint as Named, name as string] as const),
);

/** More than OpenAI's 128 answers, and answers of no token, are refused here, whoever is asked. */
const instead: Instead = (path) => {
  if (path === "$.model") return fc.constant("m");
  if (path === "$.n") return fc.integer({ min: 1, max: 128 });
  if (path === "$.max_tokens") return fc.integer({ min: 1, max: 4096 });
  return undefined;
};

const isAnswerable = (request: JsonObject): boolean =>
  ["messages", "input"].every((field) => !Array.isArray(request[field]) || request[field].length > 0);

const requestsOf = (vendor: Vendor, name: string) =>
  valuesOf((vendor === "openai" ? OPENAI_FILE : MISTRAL_FILE).look, name, instead).filter(isAnswerable);

/** Without what Mistral's encoding refuses before anything else. */
function withoutFunctions({ functions: _all, function_call: _one, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** Its live API takes sound in an object, too; and a file that is none is its to refuse. */
const LEFT_TO_MISTRAL = /^\$\.messages\[\d+\]\.content(\[\d+\]\.input_audio)?: not string$/;

/** Wishes that OpenAI cannot grant, and what says too little to be translated: it refuses them by name. */
const LEFT_TO_OPENAI = new RegExp(
  `^\\w+\\.(${[
    "safe_prompt|prompt_mode|guardrails|prediction|metadata|output_dtype",
    "response_format\\.(type|json_schema)",
    "messages\\[\\]\\.(content|name|prefix|tool_call_id|tool_calls\\[\\]\\.id)",
  ].join("|")})[.:[]`,
);

/** The value that goes out for one that came in; null where it was refused here, by a name that it holds. */
function crossed(to: Vendor, endpoint: Named, request: JsonObject): JsonObject | null {
  try {
    return sent(providers[to].codecs[endpoint]!, request);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.status !== 400) throw thrown;
    expect(Object.keys(request)).toContain(/^\w+/.exec(thrown.details.param ?? "")?.[0] ?? "no name");
    return null;
  }
}

const isHere = MISTRAL_FILE.isHere && OPENAI_FILE.isHere;

describe.skipIf(!isHere)("what a vendor's file allows (skipped only where ../shared/data/wire is missing)", () => {
  test.each(LISTED)("is taken: %s %s", (vendor, endpoint, name) => {
    const check = TypeCompiler.Compile(REQUEST_SCHEMAS[endpoint]);
    fc.assert(fc.property(requestsOf(vendor, name), (request) => expect([...check.Errors(request)]).toEqual([])));
  });

  test.each(LISTED)("goes on byte for byte to who speaks the same: %s %s", (vendor, endpoint, name) => {
    const codec = providers["openai-compatible"].codecs[endpoint]!;
    // arguments are text wherever OpenAI's format is spoken
    const requests = requestsOf(vendor, name).filter((value) => !JSON.stringify(value).includes('"arguments":{'));
    fc.assert(
      fc.property(requests, (request) => {
        const body = JSON.stringify({ ...request, model: "m" }, null, 1);
        expect(sentText(codec, body)).toBe(body);
      }),
    );
  });

  test.each(LISTED.filter(([, endpoint]) => endpoint !== "completions"))(
    "fits Mistral's own file, or is refused by name: %s %s",
    (vendor, endpoint, name) => {
      const there = NAMES.mistral[endpoint as keyof typeof NAMES.mistral];
      fc.assert(
        fc.property(requestsOf(vendor, name).map(withoutFunctions), (request) => {
          const said = crossed("mistral", endpoint, request);
          const wrong = said === null ? [] : problems(MISTRAL_FILE.look(there), said);
          expect(wrong.filter((problem) => !LEFT_TO_MISTRAL.test(problem))).toEqual([]);
        }),
        { numRuns: 300 },
      );
    },
  );

  test.each(LISTED.filter(([, endpoint]) => endpoint !== "fim"))(
    "fits OpenAI's own file, or holds what only the other can grant: %s %s",
    (vendor, endpoint, name) => {
      const known = vendor === "mistral" ? LEFT_TO_OPENAI : /^$/;
      const there = NAMES.openai[endpoint as keyof typeof NAMES.openai];
      fc.assert(
        fc.property(requestsOf(vendor, name), (request) => {
          const said = crossed("openai", endpoint, request);
          const wrong = said === null ? [] : refusedByOpenAi(there, said);
          expect(wrong.filter((problem) => !known.test(problem))).toEqual([]);
        }),
        { numRuns: 300 },
      );
    },
  );
});
