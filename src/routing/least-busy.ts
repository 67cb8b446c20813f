import { byPosition } from "./_orders.ts";
import type { Candidate, Strategy } from "./strategy.ts";

/** The fewest attempts in flight first; among equals one after the other. */
export const leastBusy: Strategy<"least_busy"> = {
  name: "least_busy",
  summary: "The fewest requests in flight first",
  aliases: [],
  pool: "any",
  uses: [],
  pick(eligible, { turn }) {
    const inOrder = [...eligible].sort(byPosition);
    const at = inOrder.length === 0 ? 0 : turn % inOrder.length;
    const order = [...inOrder.slice(at), ...inOrder.slice(0, at)].sort(byLoad);
    return { order, failover: true, because: "fewest in flight" };
  },
};

const byLoad = (a: Candidate, b: Candidate): number => a.inFlight - b.inFlight;
