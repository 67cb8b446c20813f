import { QualityView } from "../../schema/views/quality-view.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { accessBy } from "./events-routes.ts";
import { figuresOf } from "./figures.ts";
import { RANGE, rangeOf } from "./figures-routes.ts";

/** `/api/quality`: scores of answers by the target that gave them. */
export function qualityRoute({ ledger, clock, recordAccess }: ServerOptions): Route {
  return {
    method: "GET",
    path: "/api/quality",
    openAi: false,
    access: "admin",
    tag: "Admin",
    summary: "What the answers of targets scored over a stretch of time",
    parameters: RANGE,
    answer: {
      description: "Targets and models, the best first; empty where no quality-scorer runs",
      schema: QualityView,
    },
    errors: ["invalid_request"],
    handle: async (call) => {
      const range = rangeOf(call, clock.now());
      await recordAccess(accessBy(call, Object.fromEntries(call.query)));
      const { tallies } = await figuresOf(ledger, { ...range, kinds: ["quality"] });
      const targets = tallies.quality(range.since, range.until).map(({ micro, ...scored }) => ({
        ...scored,
        mean: Math.round(micro / scored.answers) / 1e6,
      }));
      return json({ ...range, targets: targets.sort((a, b) => b.mean - a.mean) });
    },
  };
}
