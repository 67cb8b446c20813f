import { type Static, Type } from "@sinclair/typebox";
import { oneOf } from "./config-values.ts";
import { Closed } from "./vetted.ts";

const anything = { opaque: true } as const;
const texts = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));

/** One case of `weir policy test` (`policies.md`). */
export const TestCase = Closed({
  name: Type.String({ minLength: 1 }),
  input: Closed({
    messages: Type.Optional(Type.Array(Type.Unknown(anything))),
    request: Type.Optional(Type.Unknown(anything)),
    endpoint: Type.Optional(oneOf(["chat", "completions", "fim", "embeddings", "moderations"])),
    consumer: Type.Optional(Type.String({ minLength: 1 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    upstream_response: Type.Optional(Type.Unknown(anything)),
    upstream_stream: Type.Optional(Type.Unknown(anything)),
  }),
  expected: Closed({
    verdict: Type.Optional(oneOf(["allow", "redact", "block", "escalate"])),
    reason_code: Type.Optional(Type.String()),
    policy: Type.Optional(Type.String()),
    content_contains: texts,
    content_not_contains: texts,
  }),
});
export type TestCase = Static<typeof TestCase>;

/** Inline suites of cases; the gateway itself does not read them. */
export const Testing = Closed({ suites: Type.Array(TestCase, { default: [] }) });
