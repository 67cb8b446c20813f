import { languagesAreLoaded } from "../../detect/language.ts";
import { type AnswerText, type Question, qualityOf, sentenceCount } from "../../detect/quality/signals.ts";
import { contentText } from "../../lib/content-text.ts";
import type { RequestContext } from "../../lib/context.ts";
import { isObject, type JsonObject } from "../../lib/json/json.ts";
import { thousandths } from "../../lib/thousandths.ts";
import type { Finding } from "../policy.ts";
import { assured, characters } from "./assertions.ts";
import type { QualityOptions } from "./options.ts";

/** What all choices of an answer come to: the worst of them counts. */
export interface Judged {
  /** The weighted mean, 0 to 1; null: there was nothing to score. */
  readonly score: number | null;
  readonly findings: readonly Finding[];
  readonly failed: boolean;
}

/** Scores the choices of one answer. */
export type Judge = (question: Question | null, answers: readonly AnswerText[]) => Judged;

const NOTHING: Judged = { score: null, findings: [], failed: false };

/** What scores answers by these settings. */
export function qualityJudge(options: QualityOptions): Judge {
  const one = choiceJudge(options);
  return (question, answers) => {
    let worst = NOTHING;
    for (const answer of answers) {
      const judged = one(question, answer);
      const isWorse = judged.failed === worst.failed ? (judged.score ?? 1) < (worst.score ?? 2) : judged.failed;
      if (isWorse) worst = judged;
    }
    return worst;
  };
}

const SCORES = ["relevancy", "coherence", "completeness"] as const;

function choiceJudge(options: QualityOptions): (question: Question | null, answer: AnswerText) => Judged {
  const { thresholds, weights, min_output_chars: fewest, min_sentences: sentences } = options;
  const assertions = options.assertions.map(assured).filter((made) => "holds" in made);
  const weighed = SCORES.reduce((sum, name) => sum + weights[name], 0);
  return (question, answer) => {
    // in the first moments of a process nobody can tell languages yet
    const asked = question === null || languagesAreLoaded() ? question : { ...question, text: "" };
    const quality = { ...qualityOf(asked, answer) };
    const findings: Finding[] = quality.signals.map((kind) => ({ kind }));
    let failed = false;
    const fail = (kind: string): void => {
      findings.push({ kind });
      failed = true;
    };
    // who asks for tools need not say anything
    const silent = answer.callsTools && answer.text.trim() === "";
    const tooShort = (kind: string, has: number, least: number): void => {
      if (silent || has >= least) return;
      quality.completeness = Math.min(quality.completeness, has / least);
      fail(kind);
    };
    tooShort("too_short", fewest === 0 ? 0 : characters(answer.text.trim()), fewest);
    tooShort("too_few_sentences", sentences === 0 ? 0 : sentenceCount(answer.text), sentences);
    const score = SCORES.reduce((sum, name) => sum + weights[name] * quality[name], 0) / weighed;
    for (const name of SCORES) if (quality[name] < thresholds[`min_${name}`]) fail(name);
    if (score < thresholds.min_aggregate) fail("aggregate");
    if (!silent) for (const { name, holds } of assertions) if (!holds(answer.text)) fail(name);
    return { score: thousandths(score), findings, failed };
  };
}

/** How much of a question is compared with its answer. */
const LONGEST_QUESTION = 65_536;

/** What was asked last; null where nobody asks in words. */
export function questionIn({ endpoint, asked }: RequestContext): Question | null {
  if (endpoint !== "chat" || asked === undefined) return null;
  const { messages, response_format: format } = asked.value;
  const last = Array.isArray(messages)
    ? (messages as readonly unknown[]).findLast((each) => isObject(each) && each["role"] === "user")
    : undefined;
  const wantsJson = isObject(format) && (format["type"] === "json_object" || format["type"] === "json_schema");
  const text = isObject(last) ? contentText(last["content"], "\n").slice(0, LONGEST_QUESTION) : "";
  return { text, setting: settingIn(messages), wantsJson };
}

/** How much of what the application says is looked at, at its beginning and at its end. */
const LONGEST_SETTING = 4_096;
const APPLICATION: ReadonlySet<unknown> = new Set(["system", "developer"]);

function settingIn(messages: unknown): string {
  if (!Array.isArray(messages)) return "";
  const said = (messages as readonly unknown[]).filter((each) => isObject(each) && APPLICATION.has(each["role"]));
  const text = said.map((each) => contentText((each as JsonObject)["content"], "\n")).join("\n");
  if (text.length <= 2 * LONGEST_SETTING) return text;
  return `${text.slice(0, LONGEST_SETTING)}\n${text.slice(-LONGEST_SETTING)}`;
}
