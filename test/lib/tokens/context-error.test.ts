import { expect, test } from "bun:test";
import { contextLengthError } from "../../../src/lib/tokens/context-error.ts";
import type { ContextAnswer } from "../../../src/lib/tokens/context-guard.ts";

const answer: ContextAnswer = {
  fits: false,
  estimate: 5_000,
  prompt: 904,
  reserve: 4_096,
  limit: 4_097,
  method: "tekken",
};

test("the error says how much is needed, how much there is, and how it was counted", () => {
  const error = contextLengthError("chat", [answer]);
  expect(error).toMatchObject({ code: "context_length_exceeded", status: 400 });
  expect(error.message).toBe(
    "This model's maximum context length is 4097 tokens, but this request needs about 5000 (904 in the messages, " +
      "4096 kept for the completion; counted by tekken). Shorten the messages or lower max_tokens.",
  );
  expect(error.details).toMatchObject({
    param: "messages",
    extra: { estimate: 5_000, limit: 4_097, method: "tekken" },
  });
});

test.each([
  ["completions", "prompt"],
  ["fim", "prompt"],
  ["embeddings", "input"],
  ["moderations", "input"],
] as const)("%s: the field at fault is %s", (endpoint, field) => {
  const error = contextLengthError(endpoint, [{ ...answer, reserve: 0 }]);
  expect(error.details.param).toBe(field);
  expect(error.message).toEndWith(`Shorten the ${field}.`);
});

test("of several targets it names the largest limit", () => {
  const error = contextLengthError("chat", [answer, { ...answer, limit: 4_500 }, { ...answer, limit: 4_200 }]);
  expect(error.details.extra).toMatchObject({ limit: 4_500 });
});
