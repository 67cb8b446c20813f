import { byPosition, sorted } from "./_orders.ts";
import type { Strategy } from "./strategy.ts";

/** The first target alone: retries, no failover, and nobody in its place where it cannot be asked. */
export const single: Strategy<"single"> = {
  name: "single",
  summary: "The first target, and no other",
  aliases: [],
  pool: "first",
  uses: [],
  pick(eligible) {
    return { order: sorted(eligible, byPosition).slice(0, 1), failover: false, because: "the one target" };
  },
};
