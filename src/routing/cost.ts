import { byPosition, sorted } from "./_orders.ts";
import type { Candidate, Strategy } from "./strategy.ts";

/** The lowest expected price of this request first, of targets that serve its model; an unknown price comes last. */
export const cost: Strategy<"cost"> = {
  name: "cost",
  summary: "The lowest expected price of this request first; an unknown price comes last",
  aliases: [],
  pool: "serving",
  uses: ["prices"],
  pick(eligible) {
    const order = sorted(eligible, byPrice);
    return { order, failover: true, because: order[0]?.priceUsd === null ? "no price is known" : "lowest price" };
  },
};

function byPrice(a: Candidate, b: Candidate): number {
  if (a.priceUsd === b.priceUsd) return byPosition(a, b);
  if (a.priceUsd === null) return 1;
  return b.priceUsd === null ? -1 : a.priceUsd - b.priceUsd;
}
