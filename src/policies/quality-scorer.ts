import { loadLanguages } from "../detect/language.ts";
import type { RequestContext } from "../lib/context.ts";
import type { MaybePromise } from "../lib/maybe-promise.ts";
import type { Finding, PolicyModule, Verdict } from "./policy.ts";
import { SaidByChoice } from "./quality/answers.ts";
import { QualityOptions, qualityFaults } from "./quality/options.ts";
import { qualityJudge, questionIn } from "./quality/score.ts";
import { judgedAtEnd } from "./quality/stream.ts";

const REASON = "quality.below_threshold";
const FALLBACK = "No answer of sufficient quality could be given. Please try again or ask in other words.";

/**
 * Scores answers by signals that anybody can check (empty, cut off, looping, refusing, in another language, broken JSON
 * or code, beside the question) and by assertions of one's own, and acts on those that fail. Every score is written down
 * with the target that answered. Streams pass and are scored at their end, or are held until then (`on_stream: buffer`).
 */
export const qualityScorer: PolicyModule<"quality-scorer", typeof QualityOptions> = {
  name: "quality-scorer",
  summary: "Scores answers (empty, cut off, looping, beside the question, broken) and acts on those that fail",
  phases: ["output"],
  options: QualityOptions,
  check: qualityFaults,
  effects({ failure_action: { action, otherwise }, on_stream }) {
    const done = { log: "observes", block: "blocks", fallback_message: "redacts" } as const;
    // an answer that is asked for anew is not held back: what may follow is what can happen to it
    const whole = action === "retry" ? done[otherwise] : done[action];
    return { answer: whole, stream: on_stream === "log" ? "observes" : whole, tool_call: "none" };
  },
  create(options) {
    void loadLanguages();
    const verdict = verdictBy(options);
    return {
      response(parsed, places, context): MaybePromise<Verdict> {
        const said = SaidByChoice.of(parsed, places);
        const loading = loadLanguages();
        return loading === null ? verdict(said, context) : loading.then(() => verdict(said, context));
      },
      stream: (context) =>
        judgedAtEnd(context, { verdict: (said) => verdict(said, context), holds: options.on_stream === "buffer" }),
    };
  },
};

/** What is done with an answer. The first time that it fails, another one may be asked for. */
function verdictBy(options: QualityOptions): (said: SaidByChoice, context: RequestContext) => Verdict {
  const judge = qualityJudge(options);
  const { action, message = FALLBACK, otherwise } = options.failure_action;
  const asked = new WeakSet<RequestContext>();
  return (said, context) => {
    const { score, findings, failed } = judge(questionIn(context), said.answers());
    const facts = { findings, ...(score !== null && { score }) };
    if (!failed) return { action: "allow", ...facts };
    const why = { reasonCode: REASON, ...facts };
    const isSecond = asked.has(context);
    asked.add(context);
    switch (action === "retry" && isSecond ? otherwise : action) {
      case "block":
        return { action: "block", message: `its quality is too low (${kindsOf(findings)})`, ...why };
      case "fallback_message":
        return { action: "replace", text: message, ...why };
      case "retry":
        return { action: "retry", ...why };
      case "log":
        return { action: "allow", ...why };
    }
  };
}

function kindsOf(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ kind }) => kind))].slice(0, 8).join(", ");
}
