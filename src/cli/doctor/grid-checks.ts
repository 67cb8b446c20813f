import { traceOf } from "../../carbon/signals.ts";
import type { Config } from "../../config/config.ts";
import { freshnessRules, gridPlans } from "../../config/grid-plans.ts";
import { GridBook } from "../../gateway/carbon/grid-book.ts";
import { createPace } from "../../gateway/carbon/read-grid.ts";
import { systemClock } from "../../lib/clock.ts";
import { silentLogger } from "../../lib/logger.ts";
import { refreshSource } from "../../scheduler/grid-refresh.ts";
import type { TraceSignal } from "../../schema/signal.ts";
import type { GridSourceView } from "../../schema/views/grid-view.ts";
import type { Io } from "../command.ts";
import { gridVerdict, regionsInUse, VERDICT_WORDS } from "../grid/verdict.ts";
import type { Check, Status } from "./check.ts";

/**
 * Asks every grid source once: how each does, which one answers for each zone, and whether carbon-aware routing would be
 * live now. Nothing where the configuration has neither sources nor regions.
 */
export async function checkGrids(config: Config, io: Io): Promise<readonly Check[]> {
  const plans = gridPlans(config);
  const regions = regionsInUse(config);
  if (plans.length === 0 && regions.length === 0) return [];
  const grid = new GridBook(freshnessRules(config));
  grid.follow(plans, freshnessRules(config));
  const context = { grid, clock: systemClock, env: io.env, log: silentLogger, pace: createPace(systemClock), fetch };
  const signal = new AbortController().signal;
  await Promise.all(plans.map((plan) => refreshSource(plan, context, signal)));
  const nowMs = systemClock.now();
  const zones = new Set([...regions.flatMap(({ gridZone }) => gridZone ?? []), ...plans.flatMap((plan) => plan.zones)]);
  return [
    ...grid.sources().map(checkSource),
    ...(plans.length === 0 ? [] : Array.from(zones, (zone) => checkZone(zone, { config, grid, nowMs }))),
    ...checkRouting(config, grid, nowMs),
  ];
}

function checkSource({ source, host, zones, state, last_error: lastError }: GridSourceView): Check {
  const name = `grid source ${source}`;
  const who = host === null ? "" : `${host}: `;
  const asked = zones.join(", ");
  const words: Readonly<Record<GridSourceView["state"], readonly [Status, string]>> = {
    waiting: ["warning", "was not asked"],
    ok: ["ok", `${who}answers for ${asked}`],
    partial: ["warning", `${who}answers in part: ${lastError}`],
    no_data: ["warning", `${who}answers, and has no data for ${asked}`],
    failing: ["broken", lastError?.replace(`${source}: `, "") ?? "fails"],
  };
  const [status, detail] = words[state];
  return { name, status, detail };
}

function checkZone(zone: string, { config, grid, nowMs }: { config: Config; grid: GridBook; nowMs: number }): Check {
  const name = `grid zone ${zone}`;
  const { table } = grid;
  const may = table.operational(zone, nowMs);
  const best = may ?? table.shown(zone, nowMs);
  if (best === null) {
    const isAsked = grid.sources().some(({ zones }) => zones.includes(zone));
    const why = isAsked ? "no source has observed its intensity" : "no source is asked for it";
    return { name, status: "warning", detail: `${why}; it cannot decide` };
  }
  const shown = traceOf(best, nowMs, table.rules);
  const detail = `${said(shown)}; ${may === null ? `may not decide: ${whyNot(shown, config)}` : "may decide"}`;
  return { name, status: may === null ? "warning" : "ok", detail };
}

/** `energy-charts: 41.5 g/kWh, lifecycle, production, measured, live, 15 min old`. */
function said({ source, gco2_per_kwh: grams, basis, accounting, ...rest }: TraceSignal): string {
  const minutes = rest.age_minutes === null ? null : Math.round(rest.age_minutes);
  const age =
    minutes === null ? "an average of a year" : minutes < 0 ? `for ${-minutes} min more` : `${minutes} min old`;
  const how = [basis, accounting, rest.signal_kind, rest.temporal_match].filter((word) => word !== "unspecified");
  return `${source}: ${Number(grams.toFixed(1))} g/kWh, ${[...new Set(how)].join(", ")}, ${age}`;
}

/** Why a signal may not decide where a request goes. */
function whyNot({ signal_kind: kind, temporal_match: match }: TraceSignal, { carbon }: Config): string {
  if (kind === "annual") return "an annual average never does";
  if (kind === "estimated") return "an estimate never does";
  if (match === "fresh") return "carbon.accept_fresh is off";
  return `it is older than carbon.freshness.fresh_minutes (${carbon.freshness.fresh_minutes})`;
}

function checkRouting(config: Config, grid: GridBook, nowMs: number): readonly Check[] {
  const verdict = gridVerdict(config, grid.table, nowMs);
  if (verdict === null) return [];
  const name = "carbon-aware routing";
  if (verdict.mode === "live") {
    const over = verdict.zones.filter((zone) => !verdict.apart.has(zone)).join(", ");
    const apart = Array.from(verdict.apart, ([zone, why]) => `${zone} (${why})`).join(", ");
    const left = apart === "" ? "" : `; left out: ${apart}`;
    return [{ name, status: "ok", detail: `would be live now, comparing the zones ${over}${left}` }];
  }
  const nearOnly = verdict.reason === "single_zone" && verdict.apart.size > 0;
  const why = VERDICT_WORDS[nearOnly ? "single_zone_within_budget" : verdict.reason] ?? verdict.reason;
  const cause = config.carbon.sources.length === 0 ? "carbon.sources lists no source" : why;
  const detail = `would not be live now (${verdict.reason}): ${verdict.mode === "standard" ? why : cause}; it would follow the default path`;
  return [{ name, status: isWanted(config) && verdict.mode !== "standard" ? "warning" : "ok", detail }];
}

/** Whether somebody has asked for it in the configuration; a request can ask by itself. */
function isWanted({ providers, model_groups: groups, consumers, carbon }: Config): boolean {
  const asked = [
    providers.strategy,
    ...groups.map(({ strategy }) => strategy),
    ...(consumers ?? []).map((each) => each.routing),
  ];
  return asked.includes("carbon_aware") || carbon.sources.length > 0;
}
