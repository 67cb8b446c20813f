import type { Strategy } from "./strategy.ts";

/** Targets that declare the requested model first, then the configured order. */
export const fallback: Strategy<"fallback"> = {
  name: "fallback",
  aliases: ["ordered", "priority"],
  pick(eligible) {
    const ordered = [...eligible].sort(
      (a, b) => Number(b.servesModel) - Number(a.servesModel) || a.position - b.position,
    );
    return { order: ordered.map((candidate) => candidate.id), failover: true };
  },
};
