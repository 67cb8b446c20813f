import { parsedJson } from "../../lib/json/json.ts";
import { fold } from "../decode/fold.ts";
import { languageOf } from "../language.ts";
import { refuses } from "./refusals.ts";

/** What was asked, as far as the answer is compared with it. */
export interface Question {
  /** What the user said last. */
  readonly text: string;
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

/** So much of a text is looked at word by word. */
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
  if (question?.wantsJson === true && !answer.callsTools && !isJson(answer.text)) {
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

type Lower = (score: "relevancy", to: number, signal: string) => void;

function compare(question: Question, { said, plain }: { said: string; plain: string }, lower: Lower): void {
  const asked = fold(question.text.slice(0, LONGEST)).text.toLowerCase();
  const wanted = languageOf(question.text);
  const given = languageOf(said);
  const sure = wanted.confidence > 0.9 && given.confidence > 0.9;
  if (sure && wanted.language !== given.language && !NAMES_LANGUAGE.test(asked)) {
    lower("relevancy", 0.4, `language:${given.language}`);
  }
  const words = contentWords(asked);
  // a short question is often answered without any of its words
  if (words.size < 4 || wanted.language !== given.language) return;
  const answered = contentWords(plain);
  const shared = [...words].filter((word) => answered.has(word)).length / words.size;
  if (shared === 0) lower("relevancy", 0.6, "no_overlap");
}

/** Whoever names a language may want the answer in another one than the question. */
const NAMES_LANGUAGE =
  /translat|ubersetz|tradu|vertaal|tlumacz|\b(?:in|into|to|auf|ins|en|em|al|in het|naar het|po|na) ?(?:english|german|french|spanish|italian|portuguese|dutch|polish|japanese|chinese|russian|englisch|deutsch|franzosisch|spanisch|italienisch|anglais|allemand|francais|espagnol|italien|ingles|aleman|frances|espanol|italiano|inglese|tedesco|francese|spagnolo|alemao|portugues|engels|duits|frans|spaans|angielsk\w*|niemieck\w*|francusk\w*|polsk\w*)\b|\b(?:english|german|french|spanish|italian|portuguese|dutch|polish|japanese|chinese|russian)\b/;

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

/** Whether a text is JSON, with or without a code fence around it. */
export function isJson(text: string): boolean {
  return jsonIn(text) !== undefined;
}

/** The JSON value that a text is, with or without a code fence around it; undefined where it is none. */
export function jsonIn(text: string): unknown {
  const inside = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/i.exec(text)?.[1] ?? text;
  return parsedJson(inside);
}

/** So many words in a row are compared. */
const RUN = 5;
const FEWEST_WORDS = 24;
/** Songs, tables and lists repeat themselves too: this share of what was said before is no loop. */
const ORDINARY_SHARE = 0.5;

/** How much of a text says again what it has said before, 0 to 1: nothing below what ordinary texts have. */
function repetition(text: string): number {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length < FEWEST_WORDS) return loopOfSigns(text);
  const seen = new Set<string>();
  let again = 0;
  for (let at = 0; at + RUN <= words.length; at++) {
    const run = `${words[at]} ${words[at + 1]} ${words[at + 2]} ${words[at + 3]} ${words[at + 4]}`;
    if (seen.has(run)) again++;
    else seen.add(run);
  }
  const share = again / (words.length - RUN + 1);
  const loop = share <= ORDINARY_SHARE ? 0 : (share - ORDINARY_SHARE) / (1 - ORDINARY_SHARE);
  return Math.max(loop, loopOfSigns(text));
}

const NO_SIGN = /[^\p{L}\p{N}]+/gu;

/** One sign or short group of signs, over and over, that most of the text is made of. Lines and frames do not count. */
function loopOfSigns(text: string): number {
  const signs = text.replace(NO_SIGN, "");
  for (const size of [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40]) {
    if (signs.length < 12 * Math.min(size, 4) || signs.length < 4 * size) break;
    let same = 0;
    for (let at = size; at < signs.length; at++) {
      if (signs.charCodeAt(at) === signs.charCodeAt(at - size)) same++;
    }
    const share = same / (signs.length - size);
    if (share > 0.7) return share;
  }
  return 0;
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
