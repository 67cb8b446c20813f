import { type Clock, systemClock } from "../clock.ts";
import type { Endpoint } from "../context.ts";
import type { Parsed } from "../json/json.ts";
import type { Logger } from "../logger.ts";
import {
  defaultReserve,
  frameBound,
  MEDIA_TOKENS,
  MOST_BYTES_PER_TOKEN,
  promptTokens,
  reserveOf,
  textBytes,
} from "./budget.ts";
import { type CountCache, createCountCache } from "./count-cache.ts";
import { estimateTokens } from "./estimate.ts";
import { TEMPLATES, type Template, type TokenFamily } from "./family.ts";
import { type Prompt, promptsOf, toolTexts } from "./prompt.ts";
import { type StartThread, startThread } from "./spawn-worker.ts";
import { TokenCounter } from "./token-counter.ts";

/**
 * How a size was found: by bytes alone (an upper bound, or far above the limit), by a vocabulary (`o200k_scaled`: o200k
 * times 1.15, for models whose own is not public), or by a guess that errs upwards, while no tokenizer could be asked.
 */
export type CountMethod = "bytes" | "tekken" | "o200k" | "o200k_scaled" | "estimate";

/** One request and one target's limit. */
export interface ContextQuestion {
  readonly endpoint: Endpoint;
  readonly request: Parsed;
  readonly family: TokenFamily;
  /** The target's `max_context_tokens`: prompt and completion. */
  readonly limit: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether the request fits, and how that was found. */
export interface ContextAnswer {
  readonly fits: boolean;
  /** Prompt and reserve, in tokens; compared with `limit`. */
  readonly estimate: number;
  readonly prompt: number;
  readonly reserve: number;
  readonly limit: number;
  readonly method: CountMethod;
}

/** Enforces `max_context_tokens`. One per process; it outlives reloads. */
export interface ContextGuard {
  /**
   * Answers at once where bytes decide, where all texts are known, and where no tokenizer can be asked; else as soon as
   * the counting thread is done, about a second later at the latest. Rejects only with the signal's reason.
   */
  fits(question: ContextQuestion): ContextAnswer | Promise<ContextAnswer>;
  /** Loads in the background what these families need, so that the first request is counted already. */
  warm(families: readonly TokenFamily[]): void;
  /** Ends the counting thread. */
  close(): void;
}

/** What a guard needs; everything has a default. */
export interface ContextGuardOptions {
  /** Is told when the counting thread died: until it is up again sizes are guessed. */
  readonly log?: Logger | undefined;
  readonly clock?: Clock | undefined;
  readonly startThread?: StartThread | undefined;
}

/** How many counts of texts are remembered, about 1 MB. */
const REMEMBERED_TEXTS = 8_192;
/** Counting and guessing go on at least this far, so that the error of a small limit names the true size. */
const COUNT_AT_LEAST = 2_048;
const GUESS_AT_LEAST = 32_768;

/** Makes a guard. Starts no thread until one is needed. */
export function createContextGuard(options: ContextGuardOptions = {}): ContextGuard {
  const cache = createCountCache(REMEMBERED_TEXTS);
  const counter = new TokenCounter({
    clock: options.clock ?? systemClock,
    startThread: options.startThread ?? startThread,
    onError: (error) =>
      options.log?.warn({ err: error }, "Token counting thread lost; context sizes are estimated until it is back"),
  });
  return {
    fits: (question) => decide({ cache, counter }, measure(question)),
    warm: (families) => {
      for (const family of families) counter.warm(TEMPLATES[family].vocabulary);
    },
    close: () => counter.close(),
  };
}

/** One context window to check: its texts, and its upper bound. */
interface Window {
  readonly prompt: Prompt;
  readonly texts: readonly string[];
  /** Upper bound of the prompt in tokens, media included. */
  readonly bound: number;
  readonly media: number;
}

interface Measured {
  readonly question: ContextQuestion;
  readonly template: Template;
  readonly reserve: number;
  /** The windows that bytes do not decide; empty when they decide all. */
  readonly open: readonly Window[];
  /** The answer bytes give, where they give one. */
  readonly decided: ContextAnswer | null;
}

function measure(question: ContextQuestion): Measured {
  const { endpoint, request, limit, family } = question;
  const template = TEMPLATES[family];
  const reserve = reserveOf(endpoint, request.value, defaultReserve(limit));
  const prompts = promptsOf(endpoint, request);
  const outside = (prompt: Prompt) => frameBound(prompt) + prompt.media * MEDIA_TOKENS;
  const decide = (prompt: number, fits: boolean): Measured => {
    const answer = { fits, estimate: prompt + reserve, prompt, reserve, limit, method: "bytes" } as const;
    return { question, template, reserve, open: [], decided: answer };
  };
  // every text stands in the source at no fewer bytes; the doubling covers the blanks of Python's JSON
  const rough = 2 * Buffer.byteLength(request.source) + prompts.reduce((most, one) => Math.max(most, outside(one)), 0);
  if (rough + reserve <= limit && !prompts.some((prompt) => prompt.rewritten)) return decide(rough, true);
  const tools = endpoint === "chat" ? toolTexts(request, family) : [];
  const open: Window[] = [];
  let largest = 0;
  for (const prompt of prompts) {
    const texts = [...prompt.texts, ...tools];
    const bytes = textBytes(texts);
    const bound = bytes + outside(prompt);
    if (bytes > MOST_BYTES_PER_TOKEN * limit) return decide(Math.ceil(bytes / 4) + outside(prompt), false);
    if (bound + reserve > limit) open.push({ prompt, texts, bound, media: prompt.media * MEDIA_TOKENS });
    else largest = Math.max(largest, bound);
  }
  return open.length === 0 ? decide(largest, true) : { question, template, reserve, open, decided: null };
}

interface Counting {
  readonly cache: CountCache;
  readonly counter: TokenCounter;
}

function decide(counting: Counting, measured: Measured): ContextAnswer | Promise<ContextAnswer> {
  if (measured.decided !== null) return measured.decided;
  const { vocabulary } = measured.template;
  const known = measured.open.map((window) => countKnown(counting.cache, measured, window));
  if (known.every((count) => count !== null)) return worst(known);
  if (counting.counter.isReady(vocabulary)) return countOpen(counting, measured);
  counting.counter.warm(vocabulary);
  return worst(measured.open.map((window, index) => known[index] ?? guess(counting.cache, measured, window)));
}

/** The answer that refuses, else the one that comes nearest to its limit. */
function worst(answers: readonly ContextAnswer[]): ContextAnswer {
  return answers.reduce((a, b) => (b.estimate > a.estimate ? b : a));
}

async function countOpen(counting: Counting, measured: Measured): Promise<ContextAnswer> {
  const answers: ContextAnswer[] = [];
  for (const window of measured.open) {
    const answer = await countWindow(counting, measured, window);
    answers.push(answer);
    if (!answer.fits) break;
  }
  return worst(answers);
}

async function countWindow({ cache, counter }: Counting, measured: Measured, window: Window): Promise<ContextAnswer> {
  const { vocabulary } = measured.template;
  const counts = window.texts.map((text) => cache.get(vocabulary, text));
  const texts = window.texts.filter((_, index) => counts[index] === undefined);
  const known = counts.reduce((sum: number, count) => sum + (count ?? 0), 0);
  if (texts.length === 0) return answerOf(measured, window, { texts: known, exact: true });
  const room = measured.question.limit - measured.reserve - window.media;
  const stopAbove = Math.max(room, COUNT_AT_LEAST) - known;
  const count = await counter.count({ vocabulary, texts, stopAbove, signal: measured.question.signal });
  if (count === null) return guess(cache, measured, window);
  for (const [index, tokens] of count.counts.entries()) cache.set(vocabulary, texts[index]!, tokens);
  const total = count.counts.reduce((sum, tokens) => sum + tokens, known + count.rest);
  return answerOf(measured, window, { texts: total, exact: count.stopped !== "time" });
}

/** The answer where every text was counted before; null where one was not. */
function countKnown(cache: CountCache, measured: Measured, window: Window): ContextAnswer | null {
  let texts = 0;
  for (const text of window.texts) {
    const tokens = cache.get(measured.template.vocabulary, text);
    if (tokens === undefined) return null;
    texts += tokens;
  }
  return answerOf(measured, window, { texts, exact: true });
}

function guess(cache: CountCache, measured: Measured, window: Window): ContextAnswer {
  const { question, reserve, template } = measured;
  let texts = 0;
  for (const text of window.texts) {
    const left = Math.max(GUESS_AT_LEAST, question.limit - reserve) - texts;
    texts += cache.get(template.vocabulary, text) ?? (left < 0 ? 0 : estimateTokens(text, left));
  }
  return answerOf(measured, window, { texts, exact: false });
}

/** Bytes stay an upper bound however the tokens were counted, so that what bytes accept is never refused by a count. */
function answerOf(measured: Measured, window: Window, counted: { texts: number; exact: boolean }): ContextAnswer {
  const { question, template, reserve } = measured;
  const tokens = promptTokens(window.prompt, template, {
    texts: counted.texts,
    tools: window.texts.length > window.prompt.texts.length,
    margin: counted.exact,
  });
  const prompt = Math.min(window.bound, tokens + window.media);
  const estimate = prompt + reserve;
  const exact = template.scale === 1 ? template.vocabulary : ("o200k_scaled" as const);
  const fits = estimate <= question.limit;
  return { fits, estimate, prompt, reserve, limit: question.limit, method: counted.exact ? exact : "estimate" };
}
