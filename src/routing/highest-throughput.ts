import { bestFirst } from "./_measured.ts";
import type { Strategy } from "./strategy.ts";

/** The most tokens of an answer per second first, so the least time per token. */
export const highestThroughput: Strategy<"highest_throughput"> = {
  name: "highest_throughput",
  summary: "The most tokens per second, as measured, first",
  aliases: [],
  pool: "any",
  uses: ["measures"],
  pick(eligible, context) {
    return bestFirst(eligible, (candidate) => candidate.tokenTime, context);
  },
};
