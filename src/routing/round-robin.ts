import { inTurnFrom } from "./_orders.ts";
import { stickyOrder } from "./_sticky.ts";
import type { Strategy } from "./strategy.ts";

/** One after the other; whoever fails is followed by the next in turn. */
export const roundRobin: Strategy<"round_robin"> = {
  name: "round_robin",
  summary: "Each in turn",
  aliases: [],
  pool: "any",
  uses: ["sticky"],
  pick(eligible, { turn, sticky }) {
    if (sticky !== null) return { order: stickyOrder(eligible, sticky, () => 1), failover: true, because: "sticky" };
    return { order: inTurnFrom(eligible, turn), failover: true, because: "its turn" };
  },
};
