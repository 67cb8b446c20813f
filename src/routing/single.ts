import type { Strategy } from "./strategy.ts";

/** The first target alone: retries, no failover. */
export const single: Strategy<"single"> = {
  name: "single",
  aliases: [],
  pick(eligible) {
    return { order: inOrder(eligible).slice(0, 1), failover: false };
  },
};

function inOrder(eligible: Parameters<Strategy["pick"]>[0]): string[] {
  return [...eligible].sort((a, b) => a.position - b.position).map((candidate) => candidate.id);
}
