import { byWeight, sorted, withFirst } from "./_orders.ts";
import { stickyOrder } from "./_sticky.ts";
import type { Candidate, Strategy } from "./strategy.ts";

/** In proportion to weight, evenly spread over time; the rest by weight as failover. */
export const weightedRoundRobin: Strategy<"weighted_round_robin"> = {
  name: "weighted_round_robin",
  summary: "Each in turn, as often as its weight says",
  aliases: ["weighted"],
  pool: "any",
  uses: ["sticky"],
  pick(eligible, { turn, sticky }) {
    if (sticky !== null) {
      const order = stickyOrder(eligible, sticky, ({ weight }) => weight);
      return { order, failover: true, because: "sticky" };
    }
    const heaviest = sorted(eligible, byWeight);
    const due = inTurn(heaviest, turn);
    return { order: due === undefined ? [] : withFirst(due, heaviest), failover: true, because: "its turn by weight" };
  },
};

/**
 * Whose turn it is. Of all turns the heaviest gets its share, spaced evenly (Bresenham's line: a turn is its own where
 * `ceil(turn × share)` grows); the turns that are left are numbered anew and shared out among the others likewise. So
 * a turn's owner follows from its number alone, and after any number of turns nobody is more than a few from its share.
 */
function inTurn<C extends Candidate>(heaviest: readonly C[], turn: number): C | undefined {
  let left = turn;
  let total = heaviest.reduce((sum, { weight }) => sum + weight, 0);
  for (const candidate of heaviest) {
    const { weight } = candidate;
    const before = Math.ceil((left * weight) / total);
    if (Math.ceil(((left + 1) * weight) / total) > before) return candidate;
    left -= before;
    total -= weight;
  }
  return heaviest.at(-1);
}
