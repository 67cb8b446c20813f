import { carbonAware } from "./carbon-aware.ts";
import { cost } from "./cost.ts";
import { defaultPath } from "./default-path.ts";
import { fallback } from "./fallback.ts";
import { highestThroughput } from "./highest-throughput.ts";
import { latency } from "./latency.ts";
import { leastBusy } from "./least-busy.ts";
import { roundRobin } from "./round-robin.ts";
import { single } from "./single.ts";
import { weightedRoundRobin } from "./weighted-round-robin.ts";

/** Every strategy, by the name it has in YAML. */
export const strategies = {
  single,
  fallback,
  weighted_round_robin: weightedRoundRobin,
  round_robin: roundRobin,
  latency,
  least_busy: leastBusy,
  cost,
  highest_throughput: highestThroughput,
  carbon_aware: carbonAware,
  default_path: defaultPath,
};
