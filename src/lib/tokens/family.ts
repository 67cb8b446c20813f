import type { VocabularyName } from "./vocabulary.ts";

/** Which tokenizer and which chat template a target's model has, as far as they are public. */
export type TokenFamily = "mistral" | "openai" | "other";

/** How a prompt of a family is counted. Measured against recorded `usage.prompt_tokens` (`test/lib/tokens/recorded.test.ts`). */
export interface Template {
  readonly vocabulary: VocabularyName;
  /** Tokens of the vocabulary stand for this many of the model's own. */
  readonly scale: number;
  /** Tokens that stand once in every prompt. */
  readonly perPrompt: number;
  readonly perMessage: number;
  readonly perCall: number;
  /** Tokens around the list of tools, where there is one. */
  readonly aroundTools: number;
  /** What is added to a prompt's tokens because the template is only known from outside. */
  readonly margin: (tokens: number) => number;
}

/** One row per family; see {@link Template}. */
export const TEMPLATES: Readonly<Record<TokenFamily, Template>> = {
  mistral: {
    vocabulary: "tekken",
    scale: 1,
    perPrompt: 1,
    perMessage: 2,
    perCall: 3,
    aroundTools: 2,
    margin: (tokens) => Math.max(32, tokens * 0.02),
  },
  // per message 3, and 1 for the role; the answer is primed with 3 (OpenAI cookbook, "How to count tokens")
  openai: {
    vocabulary: "o200k",
    scale: 1,
    perPrompt: 3,
    perMessage: 4,
    perCall: 3,
    aroundTools: 0,
    margin: (tokens) => tokens * 0.05,
  },
  // vocabularies of 100,000 to 200,000 tokens differ from o200k by about 15 % on mixed text
  other: {
    vocabulary: "o200k",
    scale: 1.15,
    perPrompt: 3,
    perMessage: 4,
    perCall: 3,
    aroundTools: 0,
    margin: (tokens) => tokens * 0.1,
  },
};

/** Models of Mistral from before Tekken: SentencePiece with 32,768 tokens. */
const BEFORE_TEKKEN = /(^|\/)(open-)?(mistral-7b|mixtral|mistral-embed|codestral-(2405|mamba|22b)|mistral-tiny-2312)/i;
const OF_MISTRAL = /(mistral|ministral|magistral|codestral|devstral|pixtral|voxtral)/i;
const OF_OPENAI = /(^|\/)(gpt-|chatgpt-|o[1345](-|$)|text-embedding-3)/i;

/**
 * The family of the model `model` at provider `provider` (a provider file's name): by the model's name first, since
 * Mistral's open models run in many places, then by who serves it.
 */
export function familyOf(provider: string, model: string): TokenFamily {
  if (BEFORE_TEKKEN.test(model)) return "other";
  if (OF_MISTRAL.test(model)) return "mistral";
  if (OF_OPENAI.test(model)) return "openai";
  if (provider === "mistral" || provider === "openai") return provider;
  return provider === "azure" ? "openai" : "other";
}
