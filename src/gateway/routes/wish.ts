import { GatewayError } from "../../lib/errors.ts";
import { nearest } from "../../lib/nearest.ts";
import { strategies } from "../../routing/index.ts";
import type { Strategy } from "../../routing/strategy.ts";
import type { AskedRouting } from "../../schema/event.ts";
import type { Consumer } from "../admission/consumers.ts";
import type { RegionRules } from "../carbon/regions.ts";
import type { Target } from "../targets/target.ts";
import type { RoutingHints } from "./hints.ts";

/** The regions a request may go to, and no other. */
export interface Pin {
  readonly primary: string;
  /** Serves when the primary cannot; null: nobody does. */
  readonly secondary: string | null;
}

/** What one request asks of routing: by itself, else by its consumer, else by the configuration. */
export interface Wish {
  readonly pin: Pin | null;
  /** Null: every region. */
  readonly allowed: ReadonlySet<string> | null;
  /** Null: as the pool does it. */
  readonly routing: "carbon_aware" | "standard" | null;
  /** The consumer's own. */
  readonly strategy: Strategy | null;
  readonly latencyBudgetMs: number | null;
  /** Whether the caller wants a receipt; null: it does not say. */
  readonly receipt: boolean | null;
  /** Whether the caller itself said any of it. */
  readonly asked: boolean;
  /** What it said, for the ledger; null: nothing. */
  readonly said: AskedRouting | null;
}

/**
 * What a request asks of routing. Throws `invalid_region` for a code that is none, `region_not_allowed` for one that is
 * not open to this caller, and `invalid_request` for a secondary without a primary.
 */
export function wishOf(
  hints: RoutingHints,
  consumer: Consumer | null,
  by: { readonly regionRules: RegionRules; readonly latencyBudgetMs: number | null },
): Wish {
  return {
    pin: pinOf(hints, consumer, by.regionRules),
    allowed: consumer?.regions ?? null,
    routing: hints.routing ?? (consumer?.standard === true ? "standard" : null),
    strategy: consumer?.strategy ?? null,
    latencyBudgetMs: hints.latencyBudgetMs ?? consumer?.latencyBudgetMs ?? by.latencyBudgetMs,
    receipt: hints.receipt,
    asked: hints.asked,
    said: saidOf(hints),
  };
}

function saidOf({ asked, region, secondaryRegion, routing, latencyBudgetMs }: RoutingHints): AskedRouting | null {
  if (!asked) return null;
  const said: AskedRouting = {};
  if (region !== null) said.region = region;
  if (secondaryRegion !== null) said.secondary_region = secondaryRegion;
  if (routing !== null) said.routing = routing;
  if (latencyBudgetMs !== null) said.latency_budget_ms = latencyBudgetMs;
  return said;
}

function pinOf(hints: RoutingHints, consumer: Consumer | null, regions: RegionRules): Pin | null {
  const { region, secondaryRegion } = hints;
  if (region !== null) check(region, "vetted.region", { consumer, regions });
  if (secondaryRegion !== null) check(secondaryRegion, "vetted.secondary_region", { consumer, regions });
  const own = consumer?.pin ?? null;
  const primary = region ?? own?.primary ?? null;
  if (primary === null) {
    if (secondaryRegion === null) return null;
    throw refusal("A secondary region without a first one pins nothing: send vetted.region too");
  }
  if (primary === secondaryRegion) throw refusal("The secondary region must be another one than vetted.region");
  const secondary = secondaryRegion ?? (region === null ? (own?.secondary ?? null) : null);
  return { primary, secondary };
}

function refusal(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param: "vetted.secondary_region" });
}

function check(code: string, param: string, by: { consumer: Consumer | null; regions: RegionRules }): void {
  const { consumer, regions } = by;
  const place = regions.place(code);
  const shown = JSON.stringify(code.slice(0, 100));
  if (place === null) {
    const codes = [...regions.catalogue.keys()];
    const near = nearest(code, codes);
    const hint = near === undefined ? "" : `did you mean ${near}? `;
    const message = `There is no region ${shown}: ${hint}The regions are ${codes.join(", ")}`;
    throw new GatewayError("invalid_region", message, { param });
  }
  if (place.barred === "region_not_allowed") {
    const message = `The region ${shown} lies in ${place.region.country}, where this gateway sends nothing (regions.allow)`;
    throw new GatewayError("region_not_allowed", message, { param });
  }
  const open = openTo(consumer);
  if (open === null || open.includes(code)) return;
  const message = `The region ${shown} is not open to ${consumer!.id}: allowed are ${open.join(", ")}`;
  throw new GatewayError("region_not_allowed", message, { param });
}

/** The regions a consumer may name; null: all. Who is pinned may not be sent elsewhere by a request. */
function openTo(consumer: Consumer | null): readonly string[] | null {
  if (consumer === null) return null;
  const { pin, regions } = consumer;
  if (pin !== null) return pin.secondary === null ? [pin.primary] : [pin.primary, pin.secondary];
  return regions === null ? null : [...regions];
}

/** The strategy for a pool whose own is `usual`. */
export function strategyFor({ pin, routing }: Wish, usual: Strategy): Strategy {
  const { carbon_aware: carbonAware, default_path: defaultPath } = strategies;
  if (pin === null && routing === "carbon_aware") return carbonAware;
  const plain = pin !== null || routing === "standard";
  return plain && usual.name === carbonAware.name ? defaultPath : usual;
}

/** Why where a target stands keeps this request from it; null: it does not. */
export function regionObjection(
  { pin, allowed }: Pick<Wish, "pin" | "allowed">,
  { place }: Target,
  needsRegion: boolean,
): string | null {
  if (place?.barred != null) return place.barred;
  if (place === null) return needsRegion || pin !== null || allowed !== null ? "region_unknown" : null;
  const { code } = place.region;
  if (pin !== null && code !== pin.primary && code !== pin.secondary) return "other_region";
  return allowed === null || allowed.has(code) ? null : "region_not_allowed";
}
