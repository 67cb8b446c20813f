import { type Static, Type } from "@sinclair/typebox";
import { Closed, oneOf } from "../../schema/shapes.ts";
import type { OptionFault } from "../policy.ts";
import { Assertion, assured } from "./assertions.ts";

const share = (fallback: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: fallback, description });
const weight = (description: string) => Type.Number({ minimum: 0, maximum: 1_000, default: 1, description });

/** What `policy.quality-scorer` may say. */
export const QualityOptions = Closed({
  min_output_chars: Type.Integer({ minimum: 0, default: 0, description: "Shorter answers fail" }),
  min_sentences: Type.Integer({ minimum: 0, default: 0, description: "Answers of fewer sentences fail" }),
  thresholds: Closed(
    {
      min_aggregate: share(0.5, "The least weighted mean of the three scores"),
      min_relevancy: share(0, "The least score for answering what was asked, in its language, and no refusal"),
      min_coherence: share(0, "The least score for going on without loops"),
      min_completeness: share(0, "The least score for being whole: not empty, cut off or broken"),
    },
    { default: {}, description: "Scores below which an answer fails" },
  ),
  weights: Closed(
    {
      relevancy: weight("How much relevancy counts in the mean"),
      coherence: weight("How much coherence counts in the mean"),
      completeness: weight("How much completeness counts in the mean"),
    },
    { default: {}, description: "How much each score counts" },
  ),
  assertions: Type.Array(Assertion, { default: [], maxItems: 100, description: "What must be so of every answer" }),
  failure_action: Closed(
    {
      action: oneOf(["block", "retry", "fallback_message", "log"], {
        default: "block",
        description: "What happens to an answer that fails; retry: another target is asked, once",
      }),
      message: Type.Optional(
        Type.String({ minLength: 1, maxLength: 10_000, description: "What fallback_message answers instead" }),
      ),
      otherwise: oneOf(["log", "block", "fallback_message"], {
        default: "log",
        description: "After retry: what happens where the second answer fails too, or nobody else can be asked",
      }),
    },
    { default: {}, description: "What is done with an answer that fails" },
  ),
  on_stream: oneOf(["log", "buffer"], {
    default: "log",
    description: "log: streams pass and are scored at their end; buffer: a stream is held until its end and acted on",
  }),
});
export type QualityOptions = Static<typeof QualityOptions>;

/** Settings that contradict each other or cannot be enforced. */
export function qualityFaults({
  assertions,
  weights,
  failure_action: failure,
}: QualityOptions): readonly OptionFault[] {
  const faults: OptionFault[] = assertions.flatMap((assertion, at) => {
    const made = assured(assertion);
    return "holds" in made ? [] : [{ path: ["assertions", String(at), made.key], message: made.message }];
  });
  if (weights.relevancy + weights.coherence + weights.completeness === 0) {
    faults.push({ path: ["weights"], message: "one of the weights must be above 0" });
  }
  const speaks = (failure.action === "retry" ? failure.otherwise : failure.action) === "fallback_message";
  if (failure.message !== undefined && !speaks) {
    const message = `message has no meaning beside action ${failure.action}: nobody would be given it`;
    faults.push({ path: ["failure_action", "message"], message });
  }
  if (failure.otherwise !== "log" && failure.action !== "retry") {
    const message = `otherwise says what follows a retry, but action is ${failure.action}`;
    faults.push({ path: ["failure_action", "otherwise"], message });
  }
  return faults;
}
