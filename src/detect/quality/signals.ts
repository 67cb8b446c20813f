import { parsedJson } from "../../lib/json/json.ts";
import { fold } from "../decode/fold.ts";
import { languageOf } from "../language.ts";
import { repetition } from "./loops.ts";
import { namesLanguage } from "./named-languages.ts";
import { refuses } from "./refusals.ts";

/** What was asked, as far as the answer is compared with it. */
export interface Question {
  /** What the user said last. */
  readonly text: string;
  /** What the application says: it may want another language than the question's. */
  readonly setting: string;
  /** Whether the answer was to be JSON. */
  readonly wantsJson: boolean;
}

/** One answer. */
export interface AnswerText {
  readonly text: string;
  /** Whether it asks for tools: then it need not say anything. */
  readonly callsTools: boolean;
  readonly finishReason: string | null;
}

/** Scores of one answer, 0 (bad) to 1, and the signals that lowered them. */
export interface Quality {
  readonly relevancy: number;
  readonly coherence: number;
  readonly completeness: number;
  readonly signals: readonly string[];
}

/** How much of a text is looked at word by word. */
const LONGEST = 32_768;

/** Scores an answer by signals that anybody can check; the same answer always comes to the same. */
export function qualityOf(question: Question | null, answer: AnswerText): Quality {
  const text = answer.text.slice(0, LONGEST);
  const signals: string[] = [];
  const scores = { relevancy: 1, coherence: 1, completeness: 1 };
  const lower = (score: keyof typeof scores, to: number, signal: string): void => {
    scores[score] = Math.min(scores[score], to);
    signals.push(signal);
  };
  const said = text.trim();
  if (said === "") {
    if (answer.callsTools) return { ...scores, signals };
    return { relevancy: 0, coherence: 0, completeness: 0, signals: ["empty"] };
  }
  if (answer.finishReason === "length") lower("completeness", 0.3, "truncated");
  if (answer.finishReason === "content_filter") lower("completeness", 0.2, "filtered");
  if (fencesAreOpen(said)) lower("completeness", 0.4, "open_code_fence");
  const repeated = isJson(said) ? 0 : repetition(said);
  if (repeated > 0) {
    lower("coherence", 1 - repeated, "repetition");
    lower("completeness", 1 - repeated, "repetition");
  }
  const wantsJson = question?.wantsJson === true && !answer.callsTools && !isJson(answer.text);
  if (wantsJson || (question !== null && ASKS_FOR_JSON.test(question.text) && isBrokenJson(answer.text))) {
    lower("completeness", 0.1, "broken_json");
    lower("coherence", 0.2, "broken_json");
  }
  const plain = fold(said).text.toLowerCase();
  if (refuses(plain)) {
    lower("relevancy", 0.2, "refusal");
    lower("completeness", 0.4, "refusal");
  }
  if (question !== null && !question.wantsJson && question.text.trim() !== "")
    compare(question, { said, plain }, lower);
  return { ...scores, signals: [...new Set(signals)] };
}

const folded = (text: string): string => fold(text.slice(0, LONGEST)).text.toLowerCase();

type Lower = (score: "relevancy", to: number, signal: string) => void;

function compare(question: Question, { said, plain }: { said: string; plain: string }, lower: Lower): void {
  const asked = folded(question.text);
  const wanted = languageOf(question.text);
  const given = languageOf(said);
  const sure = wanted.confidence > 0.9 && given.confidence > 0.9;
  const isOther = sure && wanted.language !== given.language && !MAY_BE_JSON.test(said);
  if (isOther && !namesLanguage(asked, wanted.language) && !namesLanguageIn(question.setting)) {
    lower("relevancy", 0.4, `language:${given.language}`);
  }
  const words = contentWords(asked);
  // a short question is often answered without any of its words
  if (words.size < 4 || wanted.language !== given.language) return;
  const answered = contentWords(plain);
  const shared = [...words].filter((word) => answered.has(word)).length / words.size;
  if (shared === 0) lower("relevancy", 0.6, "no_overlap");
}

/** Whether an application names a language in what it says. */
function namesLanguageIn(setting: string): boolean {
  return setting.trim() !== "" && namesLanguage(folded(setting), languageOf(setting).language);
}

/** The beginnings of the longer words: forms of one word begin alike. */
function contentWords(plain: string): ReadonlySet<string> {
  return new Set((plain.match(/\p{L}{5,}/gu) ?? []).map((word) => word.slice(0, 5)));
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/gm;

function fencesAreOpen(text: string): boolean {
  let open: string | null = null;
  for (const [, mark = ""] of text.matchAll(FENCE)) {
    if (open === null) open = mark;
    else if (mark[0] === open[0] && mark.length >= open.length) open = null;
  }
  return open !== null;
}

const ASKS_FOR_JSON = /\bjson\b/i;
/** How JSON begins: no link of Markdown. */
const MAY_BE_JSON = /^(?:\{|\[\s*(?:[[{"\]\d-]|true|false|null))/;
const OPENING_FENCE = /^\s*```(?:jsonc?|json5)?[ \t]*\n/i;
const STRING_OR_BRACKET = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs;

/** Whether a text begins as JSON does, and the value does not end or is none. What is said behind it does not count. */
function isBrokenJson(text: string): boolean {
  const inside = text.replace(OPENING_FENCE, "").trimStart();
  if (!MAY_BE_JSON.test(inside)) return false;
  let depth = 0;
  for (const { 0: sign, index } of inside.matchAll(STRING_OR_BRACKET)) {
    if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    if (depth === 0) return parsedJson(inside.slice(0, index + 1)) === undefined;
  }
  return true;
}

/** Whether a text is JSON, with or without a code fence around it. */
export function isJson(text: string): boolean {
  return jsonIn(text) !== undefined;
}

/** The JSON value that a text is, with or without a code fence around it; undefined where it is none. */
export function jsonIn(text: string): unknown {
  const inside = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/i.exec(text)?.[1] ?? text;
  return parsedJson(inside);
}

/** Ends of sentences: a full stop inside of a word or a figure ends nothing. */
const SENTENCE_END = /[.!?…]+(?=["'»”’)\]]*(?:\s|$))|[。！？]+/gu;
const SAYS = /[\p{L}\p{N}]/u;

/** How many sentences a text has. */
export function sentenceCount(text: string): number {
  let count = 0;
  let from = 0;
  for (const { index, 0: end } of text.matchAll(SENTENCE_END)) {
    if (SAYS.test(text.slice(from, index))) count++;
    from = index + end.length;
  }
  return SAYS.test(text.slice(from)) ? count + 1 : count;
}
