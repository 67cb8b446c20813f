import { bestFirst } from "./_measured.ts";
import type { Candidate, Measure, PickContext, Strategy } from "./strategy.ts";

/** Answers are of different lengths: only a silence of so many usual ones says that a target has become slower. */
const USUAL_ANSWERS = 2;
/** Nothing is faster: a silence could not be told from an average of 0 by how many times longer it is. */
const LEAST_MS = 1e-3;

/** The most tokens of an answer per second first, so the least time per token. */
export const highestThroughput: Strategy<"highest_throughput"> = {
  name: "highest_throughput",
  summary: "The most tokens per second, as measured, first",
  aliases: [],
  pool: "any",
  uses: ["measures"],
  pick(eligible, context) {
    return bestFirst(eligible, (candidate) => withSilence(candidate, context), context);
  },
};

/** Time per token, longer by as much as a target that keeps requests waiting has been silent for longer than usual. */
function withSilence({ tokenTime, latency }: Candidate, { nowMs }: PickContext): Measure {
  const { averageMs, silentSinceMs } = latency;
  if (silentSinceMs === null || averageMs === null || tokenTime.averageMs === null) return tokenTime;
  const slower = (nowMs - silentSinceMs) / (USUAL_ANSWERS * Math.max(averageMs, LEAST_MS));
  return slower > 1 ? { ...tokenTime, averageMs: Math.max(tokenTime.averageMs, LEAST_MS) * slower } : tokenTime;
}
