import { showPath } from "../../lib/json/json.ts";
import { strategies } from "../../routing/index.ts";
import type { Strategy, Use } from "../../routing/strategy.ts";
import { type MapNode, member, scalarOf, textOf } from "../layers/tree.ts";
import { providerOf } from "../resolve-provider.ts";
import {
  carbonSourcesOf,
  consumersOf,
  find,
  type Inspection,
  providerTypeOf,
  reportAt,
  routingSpots,
  targetsOf,
} from "./inspection.ts";

/** Settings of `providers.routing` that only some strategies read. */
const READ_BY: readonly (readonly [key: string, use: Use])[] = [
  ["window_seconds", "measures"],
  ["min_sample_count", "measures"],
  ["sticky_by", "sticky"],
];

const registered: readonly Strategy[] = Object.values(strategies);

/** Warns of settings that the strategies of this configuration do not read, and of targets that are never asked. */
export function warnOfRouting(inspection: Inspection): void {
  const { root } = inspection;
  const used = strategiesOf(root);
  for (const [key, use] of READ_BY) {
    const found = find(root, "providers", "routing", key);
    const readers = registered.filter(({ uses }) => uses.includes(use)).map(({ name }) => name);
    if (found === undefined || readers.some((name) => used.has(name))) continue;
    const message = `providers.routing.${key} has no effect: only ${readers.join(" and ")} read it, and nothing here is routed by them`;
    reportAt(inspection, "W010", { ...found, message });
  }
  warnOfHedge(inspection);
  warnOfResume(inspection);
  warnOfPins(inspection);
  warnOfNoSignals(inspection);
  const strategy = find(root, "providers", "strategy");
  const others = targetsOf(root).length - 1;
  if (strategy !== undefined && textOf(strategy.node) === "single" && others > 0) {
    const message = `providers.strategy is single: of ${others + 1} targets only the first is asked, the others take over nothing`;
    reportAt(inspection, "W010", { ...strategy, message });
  }
}

/** A consumer whose every request is refused, because nobody stands where it is pinned to. */
function warnOfPins(inspection: Inspection): void {
  const { root } = inspection;
  const regions = new Set(targetsOf(root).map(({ node }) => textOf(member(node, "region"))));
  for (const { node, path } of consumersOf(root)) {
    const pin = member(node, "pin");
    const codes = ["primary", "secondary"].map((key) => textOf(member(pin, key)));
    if (pin === undefined || codes[0] === undefined || codes.some((code) => regions.has(code) && code !== undefined))
      continue;
    const message = `${showPath([...path, "pin"])}: no target stands in ${codes.filter((code) => code !== undefined).join(" or ")}, so that every request of this consumer is refused`;
    reportAt(inspection, "W010", { node: pin, path: [...path, "pin"], message });
  }
}

/** Where nothing tells what grids emit now, carbon-aware routing follows the default path, always. */
function warnOfNoSignals(inspection: Inspection): void {
  const { root } = inspection;
  const sources = carbonSourcesOf(root).map(({ node }) => textOf(member(node, "source")));
  if (sources.some((source) => source !== "annual")) return;
  const why = sources.length === 0 ? "carbon.sources lists no source" : "an annual average decides nothing";
  for (const spot of routingSpots(root)) {
    if (textOf(spot.node) !== "carbon_aware") continue;
    const message = `${showPath(spot.path)} carbon_aware always follows the default path: ${why}`;
    reportAt(inspection, "W010", { ...spot, message });
  }
}

/** Where no second target may be asked, none is asked beside the first. */
function warnOfHedge(inspection: Inspection): void {
  const { root } = inspection;
  const hedge = find(root, "providers", "routing", "hedge", "enabled");
  const flag = (...path: readonly string[]) => scalarOf(find(root, ...path)?.node);
  if (hedge === undefined || scalarOf(hedge.node) !== true) return;
  const reasons = [
    ...(targetsOf(root).length < 2 ? ["there is one target"] : []),
    ...(flag("providers", "fallback", "enabled") === false ? ["providers.fallback.enabled is false"] : []),
    ...(flag("providers", "fallback", "max_fallback_attempts") === 0
      ? ["providers.fallback.max_fallback_attempts is 0"]
      : []),
    ...(flag("providers", "routing", "hedge", "max_share") === 0 ? ["max_share is 0"] : []),
  ];
  if (reasons.length === 0) return;
  const message = `providers.routing.hedge has no effect: ${reasons.join(", ")}`;
  reportAt(inspection, "W010", { ...hedge, message });
}

/** Where nobody goes on with an answer's beginning, a stream that breaks off ends in an error all the same. */
function warnOfResume(inspection: Inspection): void {
  const { root } = inspection;
  const mode = find(root, "providers", "fallback", "stream_resume");
  const types = targetsOf(root).map(({ node }) => providerTypeOf(node));
  if (mode === undefined || textOf(mode.node) !== "prefix" || types.includes(undefined)) return;
  if (types.some((type) => type !== undefined && providerOf(type).continuesPrefix)) return;
  const message =
    "providers.fallback.stream_resume prefix has no effect: none of the targets' providers goes on with the beginning of an answer; realign asks for it anew";
  reportAt(inspection, "W010", { ...mode, message });
}

/** Every strategy that the document names. */
function strategiesOf(root: MapNode): ReadonlySet<string | undefined> {
  return new Set(routingSpots(root).map(({ node }) => textOf(node)));
}
