import { type Static, Type } from "@sinclair/typebox";
import { Sampling, Steering } from "./chat.ts";
import { Open, omittable } from "./shapes.ts";
import { Vetted } from "./vetted.ts";

/** None is a wish of its own here: with `echo`, OpenAI's endpoint then only scores the prompt. Mistral's takes 0 too. */
const max_tokens = omittable(Type.Integer({ minimum: 0 }));

const Tokens = Type.Array(Type.Integer({ minimum: 0 }));
const SomeTokens = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1 });

/** POST /v1/completions (OpenAI's legacy endpoint). */
export const CompletionRequest = Open({
  ...Sampling,
  ...Steering,
  max_tokens,
  // null: the model's own beginning of a document, as OpenAI's schema has it
  prompt: Type.Union([Type.String(), Type.Array(Type.String()), Tokens, Type.Array(Tokens), Type.Null()]),
  suffix: omittable(Type.String()),
});
export type CompletionRequest = Static<typeof CompletionRequest>;

/** POST /v1/fim/completions (Mistral: fill in the middle); its answer is chat-shaped. */
export const FimRequest = Open({
  ...Sampling,
  max_tokens,
  prompt: Type.String(),
  suffix: omittable(Type.String()),
});
export type FimRequest = Static<typeof FimRequest>;

/** POST /v1/embeddings. */
export const EmbeddingsRequest = Open({
  model: Type.String({ minLength: 1, maxLength: 512 }),
  input: Type.Union([
    Type.String(),
    Type.Array(Type.String(), { minItems: 1 }),
    SomeTokens,
    Type.Array(SomeTokens, { minItems: 1 }),
  ]),
  encoding_format: omittable(Type.String()),
  dimensions: omittable(Type.Integer({ minimum: 1 })),
  vetted: Type.Optional(Vetted),
});
export type EmbeddingsRequest = Static<typeof EmbeddingsRequest>;

/** POST /v1/moderations. */
export const ModerationsRequest = Open({
  model: omittable(Type.String({ minLength: 1, maxLength: 512 })),
  input: Type.Union([
    Type.String(),
    Type.Array(Type.String(), { minItems: 1 }),
    Type.Array(Open({ type: Type.String() }), { minItems: 1 }),
  ]),
  vetted: Type.Optional(Vetted),
});
export type ModerationsRequest = Static<typeof ModerationsRequest>;
