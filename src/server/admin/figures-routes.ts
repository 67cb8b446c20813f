import { DAY_MS } from "../../lib/durations.ts";
import { DIMENSIONS } from "../../lib/sums/sum-rows.ts";
import { Costs, Overview } from "../../schema/views/figures.ts";
import { alarmsOf } from "../alarms.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { budgetsOf, pricesOf } from "./costs-view.ts";
import { type Grouping, overview, withFailures } from "./figure-rows.ts";
import { figuresOf } from "./figures.ts";
import { badParameter, textParameter } from "./query.ts";
import { ADMIN, accessBy } from "./route-facts.ts";
import { RANGE, rangeOf } from "./time-range.ts";

/** `/api/overview` and `/api/costs`: sums over the ledger, for people and dashboards. */
export function figuresRoutes({ runtime, ledger, clock, recordAccess, watched }: ServerOptions): Route[] {
  const facts = { ...ADMIN, method: "GET", errors: ["invalid_request"] } as const;
  return [
    {
      ...facts,
      path: "/api/overview",
      summary: "Requests, verdicts, errors, latency, spend and carbon over a stretch of time, with its course",
      parameters: RANGE,
      answer: { description: "The figures, and those of as long a time before", schema: Overview },
      handle: async (call) => {
        const range = rangeOf(call, clock.now());
        await recordAccess(accessBy(call));
        const figures = await figuresOf(ledger, { ...range, since: 2 * range.since - range.until, kinds: ["total"] });
        const about = { nowMs: clock.now(), coversSince: figures.sinceMs };
        const alarms = alarmsOf({ ...watched(), reloadErrors: runtime.lastReloadErrors });
        return json({ ...overview(figures.rollup, range, about), alarms });
      },
    },
    {
      ...facts,
      path: "/api/costs",
      summary: "The same figures by target, model, consumer, region, provider or day; budgets, and prices",
      parameters: [...RANGE, textParameter("by", `${DIMENSIONS.join(", ")} or day; model where absent`)],
      answer: { description: "One row each, the dearest first; days in order", schema: Costs },
      handle: async (call) => {
        const range = rangeOf(call, clock.now());
        await recordAccess(accessBy(call));
        const by = call.query.get("by") ?? "model";
        if (by !== "day" && !DIMENSIONS.some((name) => name === by))
          throw badParameter("by", `must be one of ${DIMENSIONS.join(", ")}, day`);
        const kind = by === "day" ? "total" : "requests";
        const figures = await figuresOf(ledger, { ...range, kinds: [kind, "failure"], widthMs: DAY_MS });
        const groups = withFailures(figures, range, by as Grouping);
        const { config } = runtime.gateway;
        const budgets = budgetsOf(config, runtime.gateway.spending(), clock.now());
        return json({ ...range, covers_since: figures.sinceMs, by, groups, budgets, prices: pricesOf(config) });
      },
    },
  ];
}
