import { Type } from "@sinclair/typebox";
import type { GridSignal } from "../../carbon/signals.ts";
import { DAY_MS } from "../../lib/durations.ts";
import { GatewayError } from "../../lib/errors.ts";
import { summed } from "../../lib/sums/tallies.ts";
import { Receipt } from "../../schema/receipt.ts";
import { CarbonView, type ZonePoint } from "../../schema/views/carbon-view.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { grouped, totalsOf } from "./figure-rows.ts";
import { figuresOf } from "./figures.ts";
import { ADMIN, accessBy } from "./route-facts.ts";
import { RANGE, rangeOf } from "./time-range.ts";

/** Points of one zone's curve; more of them say no more on a screen. */
const MAX_POINTS = 400;

/** `/api/carbon`: grids, decisions and totals; `/api/receipts/{id}`: one receipt, whoever's it is. */
export function carbonRoutes(options: ServerOptions): Route[] {
  const { ledger, clock, grid, receipts, recordAccess } = options;
  const facts = { ...ADMIN, method: "GET" } as const;
  const zones = () =>
    grid.zones(clock.now()).map((zone) => ({ ...zone, history: pointsOf(grid.table.history(zone.zone)) }));
  return [
    {
      ...facts,
      path: "/api/carbon",
      summary: "Grid signals with their past, where requests went and why, and totals",
      parameters: RANGE,
      answer: { description: "Grids, decisions, totals", schema: CarbonView },
      errors: ["invalid_request"],
      handle: async (call) => {
        const range = rangeOf(call, clock.now());
        await recordAccess(accessBy(call));
        const { rollup, tallies } = await figuresOf(ledger, {
          ...range,
          kinds: ["requests", "decision"],
          widthMs: DAY_MS,
        });
        const sources = grid.sources();
        return json({
          ...range,
          configured: sources.length > 0,
          sources,
          zones: zones(),
          decisions: summed(tallies.decisions(range.since, range.until).flatMap(({ counts }) => counts)),
          totals: totalsOf(rollup),
          by_region: grouped(rollup, "region"),
        });
      },
    },
    {
      ...facts,
      path: "/api/receipts/:id",
      summary: "A receipt, whoever it belongs to",
      parameters: [{ name: "id", in: "path", schema: Type.String(), description: "Its receipt_id" }],
      answer: { description: "The receipt, without commitment_nonce", schema: Receipt },
      errors: ["not_found", "invalid_request"],
      handle: async (call) => {
        const id = call.params["id"] ?? "";
        await recordAccess(accessBy(call, { id }));
        const kept = receipts.find(id);
        if (kept !== null) return json(kept.receipt);
        throw new GatewayError("not_found", `There is no receipt "${id.slice(0, 128)}"`);
      },
    },
  ];
}

function pointsOf(history: readonly GridSignal[]): ZonePoint[] {
  const points = history.map(({ observedAtMs, gramsPerKwh, kind, source }) => ({
    at: observedAtMs ?? 0,
    gco2_per_kwh: gramsPerKwh,
    kind,
    source,
  }));
  const every = Math.ceil(points.length / MAX_POINTS);
  return every <= 1 ? points : points.filter((_, at) => (points.length - 1 - at) % every === 0);
}
