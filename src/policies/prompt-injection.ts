import { fold } from "../detect/decode/fold.ts";
import { viewsOf } from "../detect/decode/views.ts";
import { type Assessing, type Assessment, assess, assessing, HARMLESS, reader } from "../detect/injection/detector.ts";
import { shippedModels } from "../detect/injection/load.ts";
import { compileUserPattern, type UserPattern } from "../detect/pattern/user-pattern.ts";
import { inOneGo } from "../lib/in-one-go.ts";
import { whenKnown } from "../lib/maybe-promise.ts";
import { inSlices } from "../lib/slices.ts";
import { thousandths } from "../lib/thousandths.ts";
import { InjectionOptions } from "./injection/options.ts";
import { type InjectionText, injectionTexts, type Speaker } from "./injection/texts.ts";
import type { Finding, PolicyModule, Verdict } from "./policy.ts";
import { listFaults } from "./texts/own-patterns.ts";

const REASON = "prompt_injection.detected";
const MESSAGE = "it looks like an attempt to make the model act against its instructions";

/** Texts of this many characters together are judged at once; longer ones in turns, so that others get theirs. */
const AT_ONCE = 16_384;

/**
 * By how much the odds of an attack are divided for texts that give orders, or speak of them, as a matter of course.
 */
const DOUBT: Readonly<Record<Speaker, number>> = {
  user: 1,
  tool_result: 1,
  conversation: 1,
  tool_definition: 4,
  assistant: 4,
  other: 4,
  system: 30,
};

/**
 * Scores what users say and tools return, and what is hidden in it, for attempts to turn the model against its
 * instructions: a trained classifier, decoders, marks of turns, and patterns of one's own. From `threshold` on the
 * request is blocked (`prompt_injection.detected`). A speed bump, not a boundary.
 */
export const promptInjection: PolicyModule<"prompt-injection", typeof InjectionOptions> = {
  name: "prompt-injection",
  summary: "Stops texts that try to take over the model, hidden and encoded ones too",
  phases: ["input", "tool"],
  options: InjectionOptions,
  check: ({ attack_patterns }) => listFaults("attack_patterns", attack_patterns, { everything: "every request" }),
  effects: ({ scan }) => (scan === "user" ? { tool_definition: "none" } : {}),
  create(options, { clock }) {
    const judge = judgeOf(options);
    return {
      request(_parsed, places, { signal }) {
        const texts = injectionTexts(places, options.scan);
        const steps = judge(texts);
        const size = texts.reduce((sum, { text }) => sum + text.length, 0);
        if (size <= AT_ONCE) return verdictOf(options, inOneGo(steps));
        return whenKnown(inSlices(steps, clock, signal), (found) => verdictOf(options, found));
      },
    };
  },
};

type Judging = Generator<undefined, Assessment>;

function judgeOf(options: InjectionOptions): (texts: readonly InjectionText[]) => Judging {
  const { encoding, boundaries } = options;
  const models = shippedModels();
  // made now, so that no request waits for it
  reader();
  const how: Assessing = {
    decodeBase64: encoding.decode_base64,
    normalizeUnicode: encoding.normalize_unicode,
    detectHomoglyphs: encoding.detect_homoglyphs,
    enforceDelimiters: boundaries.enforce_delimiters,
    rejectFakeBoundaries: boundaries.reject_fake_boundaries,
  };
  const fromTool: Assessing = { ...how, fromTool: true };
  // what runs for the first time takes longer: not on a caller's time
  assess(models, "Hello, what can you do for me today?", fromTool);
  const patterns = options.attack_patterns.flatMap((source) => {
    const compiled = compileUserPattern(source);
    return compiled.ok ? [compiled.pattern] : [];
  });
  return function* judge(texts) {
    let strongest = HARMLESS;
    for (const { speaker, text } of texts) {
      const matched = patterns.length === 0 ? null : yield* matching(patterns, readings(text, how));
      const found =
        matched ?? doubted(yield* assessing(models, text, speaker === "tool_result" ? fromTool : how), DOUBT[speaker]);
      if (found.score > strongest.score) {
        strongest = { score: found.score, reasons: [{ kind: `in:${speaker}`, score: found.score }, ...found.reasons] };
      }
      yield undefined;
    }
    return strongest;
  };
}

/** The first pattern that matches one of the readings of a text; gives way after each. */
function* matching(
  patterns: readonly UserPattern[],
  texts: readonly string[],
): Generator<undefined, Assessment | null> {
  for (const [at, pattern] of patterns.entries()) {
    for (const text of texts) {
      if (pattern.test(text)) return { score: 1, reasons: [{ kind: `attack_patterns[${at}]`, score: 1 }] };
      yield undefined;
    }
  }
  return null;
}

/** The text, how it reads without odd letters and invisible ones, and what is hidden in it. */
function readings(text: string, how: Assessing): readonly string[] {
  const plain = how.normalizeUnicode ? fold(text).text : text;
  return [...new Set([text, plain, ...viewsOf(text, how).map((view) => view.text)])];
}

/** The same evidence against greater doubt: the odds of the score, divided. */
function doubted(found: Assessment, doubt: number): Assessment {
  return { ...found, score: found.score / (found.score + doubt * (1 - found.score)) };
}

function verdictOf({ threshold, action, response }: InjectionOptions, { score, reasons }: Assessment): Verdict {
  const rounded = thousandths(score);
  const findings: readonly Finding[] = reasons;
  if (score < threshold) return { action: "allow", score: rounded };
  if (action === "log") return { action: "allow", reasonCode: REASON, findings, score: rounded };
  const said = { message: response.message ?? MESSAGE, ownWords: response.message != null };
  return { action, reasonCode: REASON, ...said, findings, score: rounded };
}
