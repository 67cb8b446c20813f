import { bestFirst } from "./_measured.ts";
import type { Strategy } from "./strategy.ts";

/** The lowest observed latency first. */
export const latency: Strategy<"latency"> = {
  name: "latency",
  summary: "The fastest answers, as measured, first",
  aliases: ["lowest_latency"],
  pool: "any",
  uses: ["measures"],
  pick(eligible, context) {
    return bestFirst(eligible, (candidate) => candidate.latency, context);
  },
};
