import type { Job } from "./job.ts";

/**
 * Asks the targets that want it how they are, each on its own interval, at the start and then again and again. What comes
 * of it is in the target's live state; requests only read it.
 */
export const healthProbes: Job<"health-probes"> = {
  name: "health-probes",
  create: ({ runtime }) => runtime.gateway.probes().map((probe) => ({ ...probe, atOnce: true })),
};
