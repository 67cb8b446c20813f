import { type Static, Type } from "@sinclair/typebox";
import { VERDICTS } from "../event.ts";
import { Closed, oneOf } from "../shapes.ts";

const anything = { opaque: true, expects: "any JSON value" } as const;
const texts = (description: string) =>
  Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())], { description }));

/** One case of `weir policy test`. */
export const TestCase = Closed({
  name: Type.String({ minLength: 1, description: "Name of the case" }),
  input: Closed(
    {
      messages: Type.Optional(
        Type.Array(Type.Unknown(anything), {
          description: "Messages of a chat request",
          expects: "a list of messages",
        }),
      ),
      request: Type.Optional(Type.Unknown({ ...anything, description: "A whole request body, in place of messages" })),
      endpoint: Type.Optional(
        oneOf(["chat", "completions", "fim", "embeddings", "moderations"], {
          description: "Where it is sent; default chat",
        }),
      ),
      consumer: Type.Optional(Type.String({ minLength: 1, description: "Id of the consumer who sends it" })),
      headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: "Headers it is sent with" })),
      upstream_response: Type.Optional(
        Type.Unknown({ ...anything, description: "What the target answers: a text or a body" }),
      ),
      upstream_stream: Type.Optional(
        Type.Unknown({ ...anything, description: "What the target streams: texts or chunks" }),
      ),
    },
    { description: "What is asked" },
  ),
  expected: Closed(
    {
      verdict: Type.Optional(oneOf(VERDICTS, { description: "The strongest that is enforced" })),
      reason_code: Type.Optional(Type.String({ description: "Reason code of some policy" })),
      policy: Type.Optional(Type.String({ description: "Kind of the policy that gives that verdict" })),
      content_contains: texts("Text that goes out: to the target, or to the caller"),
      content_not_contains: texts("Text that does not"),
    },
    { description: "What is to come of it" },
  ),
});
export type TestCase = Static<typeof TestCase>;

/** Inline suites of cases; the gateway itself does not read them. */
export const Testing = Closed(
  { suites: Type.Array(TestCase, { default: [], description: "Cases of weir policy test" }) },
  { description: "Cases of weir policy test; the gateway itself does not read them" },
);
