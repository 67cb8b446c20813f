import { QualityView } from "../../schema/views/quality-view.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { figuresOf } from "./figures.ts";
import { ADMIN, accessBy } from "./route-facts.ts";
import { RANGE, rangeOf } from "./time-range.ts";

/** `/api/quality`: scores of answers by the target that gave them. */
export function qualityRoute({ ledger, clock, recordAccess }: ServerOptions): Route {
  return {
    ...ADMIN,
    method: "GET",
    path: "/api/quality",
    summary: "What the answers of targets scored over a stretch of time",
    parameters: RANGE,
    answer: {
      description: "Targets and models, the best first; empty where no quality-scorer runs",
      schema: QualityView,
    },
    errors: ["invalid_request"],
    handle: async (call) => {
      const range = rangeOf(call, clock.now());
      await recordAccess(accessBy(call));
      const { tallies } = await figuresOf(ledger, { ...range, kinds: ["quality"] });
      const targets = tallies.quality(range.since, range.until).map(({ micro, ...scored }) => ({
        ...scored,
        mean: Math.round(micro / scored.answers) / 1e6,
      }));
      return json({ ...range, targets: targets.sort((a, b) => b.mean - a.mean) });
    },
  };
}
