import { describe, expect, test } from "bun:test";
import { providers } from "../../src/providers/index.ts";
import { sent } from "../support/codec.ts";
import { refusedByOpenAi } from "../support/openai-schema.ts";
import { hasRecordings, type Recorded, records } from "../support/replay.ts";
import { OPENAI_FILE } from "../support/vendor-schema.ts";

const SHAPES = { chat: "CreateChatCompletionRequest", embeddings: "CreateEmbeddingRequest" } as const;

/** What recorded callers of a service say, in OpenAI's words, and what of it OpenAI's own file does not know. */
function refused(from: Recorded) {
  let count = 0;
  const all = records(from).flatMap(({ id, endpoint, request, status, stream }) => {
    if (request === null || status >= 300 || (endpoint !== "chat" && endpoint !== "embeddings")) return [];
    count++;
    const said = sent(providers.openai.codecs[endpoint]!, request, { stream, askUsage: stream });
    return refusedByOpenAi(SHAPES[endpoint], said).map((problem) => `${id} ${problem}`);
  });
  return { count, all };
}

const isHere = hasRecordings && OPENAI_FILE.isHere;

describe.skipIf(!isHere)("what OpenAI is asked (skipped only where ../shared/data/wire is missing)", () => {
  test.each<[Recorded, number]>([
    ["mistral", 197],
    ["ollama", 19],
    ["openai", 94],
  ])("fits its own file, whoever's client asks: %s", (from, expected) => {
    const { count, all } = refused(from);
    expect(all).toEqual([]);
    expect(count).toBe(expected);
  });

  test("a file that knows names can tell a stray one", () => {
    const chat = { model: "m", messages: [{ role: "assistant", content: "a", prefix: false }] };
    expect(refusedByOpenAi(SHAPES.chat, chat)).toEqual(["CreateChatCompletionRequest.messages[].prefix: unknown"]);
  });
});
