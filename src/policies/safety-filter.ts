import { decodeEncodings } from "../detect/decode/encoded.ts";
import { SAFETY_CATEGORIES } from "../detect/safety/categories.ts";
import { SafetyJudge } from "../detect/safety/judge.ts";
import { safetyModel } from "../detect/safety/load.ts";
import { wordMender } from "../detect/safety/mended.ts";
import type { RuleSet } from "../detect/scan/rules.ts";
import type { RequestContext } from "../lib/context.ts";
import { nearest } from "../lib/nearest.ts";
import type { TextPlace } from "../lib/places/text-place.ts";
import { inSlices, PIECE_UNITS } from "../lib/slices.ts";
import { APPROVED_REASON, endOfStream, type Stop } from "./_blocked-answer.ts";
import { recordOf } from "./_reasons.ts";
import type { PolicyModule, StreamTransform, Verdict } from "./policy.ts";
import { categoriesNamed, SafetyOptions } from "./safety/options.ts";
import { safetyPatterns } from "./safety/patterns.ts";
import { Scores } from "./safety/scores.ts";
import { safetyThresholds } from "./safety/thresholds.ts";
import { counting, filteredPlaces } from "./texts/filtered-places.ts";
import { FilteredStream } from "./texts/filtered-stream.ts";
import { GrowingTexts } from "./texts/growing-texts.ts";
import { listFaults } from "./texts/own-patterns.ts";

const REASON = "safety.blocked";

/**
 * Stops texts that ask for harm, threaten, degrade or incite: twelve categories, each scored by a trained model with what
 * stands around it, and words of one's own. Reads every text of a request and an answer; streams at the ends of sentences.
 */
export const safetyFilter: PolicyModule<"safety-filter", typeof SafetyOptions> = {
  name: "safety-filter",
  summary: "Stops texts by category of harm, in requests and answers",
  phases: ["input", "output"],
  options: SafetyOptions,
  check({ block_if, categories = [], mode, profile }) {
    const unknown = categories.flatMap((name, at) => {
      if (categoriesNamed(name) !== null) return [];
      const message = `${JSON.stringify(name)} is no category: ${SAFETY_CATEGORIES.join(", ")}`;
      return [{ path: ["categories", String(at)], message, suggestion: nearest(name, SAFETY_CATEGORIES) }];
    });
    const twice = profile !== undefined && mode !== "enforce" && mode !== "monitor" && mode !== profile;
    const both = { path: ["profile"], message: `profile ${profile} contradicts mode ${mode}: write one of them` };
    return [
      ...unknown,
      ...(twice ? [both] : []),
      ...listFaults("block_if", block_if, { everything: "everything", ignoreCase: true }),
    ];
  },
  create(options, { clock }) {
    const filter = filterOf(options);
    new SafetyJudge(filter.model).push("What runs for the first time takes longer: not on a caller's time.\n");
    const whole = (places: readonly TextPlace[], asked: boolean, { signal }: RequestContext) =>
      inSlices(verdictOf(filter, places, asked), clock, signal);
    return {
      request: (_parsed, places, context) => whole(places, true, context),
      response: (_parsed, places, context) => whole(places, false, context),
      stream: (context) => streamOf(filter, context),
    };
  },
};

interface Filter {
  readonly model: ReturnType<typeof safetyModel>;
  readonly thresholds: readonly number[];
  readonly action: Stop["action"];
  readonly own: RuleSet | null;
  readonly spell: ((sentence: string) => string) | undefined;
}

function filterOf(options: SafetyOptions): Filter {
  const { fuzzy_matching, max_distance, action } = options;
  return {
    model: safetyModel(),
    thresholds: safetyThresholds(options),
    action,
    own: safetyPatterns(options),
    spell: fuzzy_matching && max_distance > 0 ? wordMender(max_distance) : undefined,
  };
}

/** How much of a conversation is also read as one text, from its end. */
const LONGEST_CONVERSATION = 16_384;

/** Whether a model says it, now or before in the conversation; what it calls tools with is more like an ask. */
const isAnswer = ({ role, kind }: TextPlace): boolean => role === "assistant" && kind !== "arguments";

function* judged(judge: SafetyJudge, text: string, scores: Scores): Generator<undefined, void> {
  for (let at = 0; at < text.length; at += PIECE_UNITS) {
    judge.push(text.slice(at, at + PIECE_UNITS));
    yield undefined;
  }
  judge.end();
  scores.add(judge);
}

function* verdictOf(filter: Filter, places: readonly TextPlace[], asked: boolean): Generator<undefined, Verdict> {
  const { model, spell } = filter;
  const scores = new Scores(filter.thresholds);
  const said: string[] = [];
  for (const place of places) {
    yield* judged(new SafetyJudge(model, { spell, isAnswer: isAnswer(place) }), place.text, scores);
    if (!asked || place.kind !== "content" || place.isInner === true) continue;
    if (place.role === "user" || place.role === null) said.push(place.text);
    for (const { text } of decodeEncodings(place.text.slice(0, LONGEST_CONVERSATION)))
      yield* judged(new SafetyJudge(model, { spell }), text, scores);
  }
  // what is asked in pieces is asked all the same
  const whole = said.join(" ").slice(-LONGEST_CONVERSATION);
  if (said.length > 1) yield* judged(new SafetyJudge(model, { spell }), whole, scores);
  if (filter.own !== null) {
    const counter = counting(() => {
      scores.own++;
    });
    yield* filteredPlaces(places, filter.own, counter);
  }
  return conclusion(filter, scores);
}

function conclusion({ action }: Filter, scores: Scores): Verdict {
  const findings = scores.findings();
  if (findings.length === 0) return { action: "allow", score: scores.highest() };
  const message = `it looks unsafe (${findings.map(({ kind }) => kind).join(", ")})`;
  return { action, reasonCode: REASON, message, findings, score: scores.highest() };
}

function streamOf(filter: Filter, context: RequestContext): StreamTransform {
  const scores = new Scores(filter.thresholds);
  // who throws in the middle loses what is held: what a person has let pass comes whole
  const isApproved = filter.action === "escalate" && context.escalation?.isApproved === true;
  const stopIfUnsafe = (): void => {
    if (isApproved) return;
    const verdict = conclusion(filter, scores);
    if (verdict.action === "block" || verdict.action === "escalate") throw endOfStream(verdict);
  };
  const texts = new GrowingTexts(context.endpoint, (place) => {
    const judge = new SafetyJudge(filter.model, { spell: filter.spell, isAnswer: isAnswer(place) });
    const note = (): void => {
      scores.add(judge);
      stopIfUnsafe();
    };
    return {
      push: (text) => (judge.push(text) ? note() : undefined),
      end() {
        judge.end();
        note();
      },
    };
  });
  const refusing = counting(() => {
    scores.own++;
    stopIfUnsafe();
  });
  const held = filter.own === null ? null : new FilteredStream(context.endpoint, filter.own, refusing);
  return {
    push(chunk) {
      texts.push(chunk);
      return held === null ? [chunk] : held.push(chunk);
    },
    flush() {
      texts.end();
      return held === null ? [] : held.flush();
    },
    record() {
      const findings = scores.findings();
      const approved = isApproved && findings.length > 0 ? { reasonCode: APPROVED_REASON } : {};
      return recordOf({ action: "allow", findings, score: scores.highest(), ...approved });
    },
  };
}
