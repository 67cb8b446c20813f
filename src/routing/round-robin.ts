import { byPosition } from "./_orders.ts";
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
    const inOrder = [...eligible].sort(byPosition);
    const at = inOrder.length === 0 ? 0 : turn % inOrder.length;
    return { order: [...inOrder.slice(at), ...inOrder.slice(0, at)], failover: true, because: "its turn" };
  },
};
