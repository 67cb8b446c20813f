import { byPosition, sorted } from "./_orders.ts";
import type { Strategy } from "./strategy.ts";

/** Targets that declare the requested model first, then the configured order. */
export const fallback: Strategy<"fallback"> = {
  name: "fallback",
  summary: "Targets in the order in which they are written",
  aliases: ["ordered", "priority"],
  pool: "any",
  uses: [],
  pick(eligible) {
    const order = sorted(eligible, (a, b) => Number(b.servesModel) - Number(a.servesModel) || byPosition(a, b));
    return { order, failover: true, because: "first in order" };
  },
};
