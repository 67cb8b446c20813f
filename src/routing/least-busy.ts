import { inTurnFrom, sorted } from "./_orders.ts";
import type { Candidate, Strategy } from "./strategy.ts";

/** The fewest attempts in flight first; among equals one after the other. */
export const leastBusy: Strategy<"least_busy"> = {
  name: "least_busy",
  summary: "The fewest requests in flight first",
  aliases: [],
  pool: "any",
  uses: [],
  pick(eligible, { turn }) {
    const order = sorted(inTurnFrom(eligible, turn), byLoad);
    return { order, failover: true, because: "fewest in flight" };
  },
};

const byLoad = (a: Candidate, b: Candidate): number => a.inFlight - b.inFlight;
