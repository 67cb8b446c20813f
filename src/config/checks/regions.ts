import { type Catalogue, catalogueOf, type Region, type RegionEntry } from "../../carbon/regions.ts";
import { showPath } from "../../lib/json/json.ts";
import { nearest } from "../../lib/nearest.ts";
import { EU_AND_EEA } from "../../schema/config/regions.ts";
import { type MapNode, mapAt, member, numberOf, textOf, toPlain } from "../layers/tree.ts";
import {
  consumersOf,
  type Found,
  type FoundMap,
  foundIn,
  type Inspection,
  itemsIn,
  mapsIn,
  repeatsOf,
  reportAt,
  reportMissing,
  reportRepeats,
  routingSpots,
  targetsOf,
} from "./inspection.ts";

/** What regions are checked against. */
interface Ground extends Inspection {
  readonly catalogue: Catalogue;
  readonly allow: readonly string[];
}

/** Regions that are unknown (E003), behind the wall or without inference (E007), and what contradicts itself (E007). */
export function checkRegions(inspection: Inspection): void {
  const regions = mapAt(inspection.root, ["regions"]);
  const ground = { ...inspection, catalogue: readCatalogue(inspection, regions), allow: allowOf(regions) };
  checkNames(ground, itemsIn({ node: regions, path: ["regions"] }, "default_path"), "region of regions.default_path");
  for (const region of foundIn(targetsOf(ground.root), "region")) checkName(ground, region);
  for (const consumer of consumersOf(ground.root)) checkConsumer(ground, consumer);
  checkCarbonAware(inspection);
}

function allowOf(regions: MapNode | undefined): readonly string[] {
  const listed = member(regions, "allow");
  if (listed?.kind !== "list") return EU_AND_EEA;
  return listed.items.map(textOf).filter((text) => text !== undefined);
}

/** The catalogue as far as it can be read; reports codes that stand there twice and new regions without a country. */
function readCatalogue(inspection: Inspection, regions: MapNode | undefined): Catalogue {
  const entries: RegionEntry[] = [];
  const known = catalogueOf([]);
  const listed = mapsIn({ node: regions, path: ["regions"] }, "catalogue");
  reportRepeats(inspection, "region code", foundIn(listed, "code"));
  const repeated = new Set(repeatsOf(listed, codeOf).map(({ item }) => item));
  for (const each of listed) {
    const { node } = each;
    const code = codeOf(each);
    if (code === undefined || repeated.has(each)) continue;
    checkLatency(inspection, each);
    entries.push(toPlain(node) as RegionEntry);
    if (known.has(code) || member(node, "country") !== undefined) continue;
    const why = `${JSON.stringify(code)} is not built in, and without its country nobody knows on which side of the wall it lies`;
    reportMissing(inspection, { ...each, key: "country", why });
  }
  return catalogueOf(entries);
}

function codeOf({ node }: FoundMap): string | undefined {
  return textOf(member(node, "code"));
}

/** What 95 of 100 stay below cannot be less than what half of them do. */
function checkLatency(inspection: Inspection, { node, path }: FoundMap): void {
  const latency = member(node, "latency_ms");
  const p95 = member(latency, "p95");
  const [low, high] = [numberOf(member(latency, "p50")), numberOf(p95)];
  if (p95 === undefined || low === undefined || high === undefined || low <= high) return;
  const where = [...path, "latency_ms", "p95"];
  const message = `${showPath(where)} (${high}) must not be below p50 (${low})`;
  reportAt(inspection, "E007", { node: p95, path: where, message });
}

/** Reports a region that is unknown or that nothing may go to. */
function checkName({ catalogue, allow, ...inspection }: Ground, found: Found): void {
  const code = textOf(found.node);
  if (code === undefined) return;
  const name = `${showPath(found.path)} ${JSON.stringify(code)}`;
  const region = catalogue.get(code);
  if (region === undefined) {
    const codes = [...catalogue.keys()];
    const message = `${name} is no region; regions: ${codes.join(", ")}; regions.catalogue adds others`;
    reportAt(inspection, "E003", { ...found, message, suggestion: nearest(code, codes) });
    return;
  }
  const message = barrier(region, allow);
  if (message !== null) reportAt(inspection, "E007", { ...found, message: `${name} ${message}` });
}

function barrier({ country, inference }: Region, allow: readonly string[]): string | null {
  if (!allow.includes(country)) {
    return `lies in ${country === "" ? "no known country" : country}, and regions.allow lets nothing go there: it allows ${allow.join(", ")}`;
  }
  if (inference) return null;
  return "is not used for inference: regions.catalogue can say inference: true for it";
}

function checkNames(ground: Ground, items: readonly Found[], what: string): void {
  for (const item of items) checkName(ground, item);
  reportRepeats(ground, what, items);
}

function checkConsumer(ground: Ground, { node, path }: FoundMap): void {
  const allowed = itemsIn({ node, path }, "allowed_regions");
  checkNames(ground, allowed, "region of the consumer");
  const pin = { node: member(node, "pin"), path: [...path, "pin"] };
  const places = ["primary", "secondary"].flatMap((key) => foundIn([pin], key));
  for (const place of places) {
    checkName(ground, place);
    const code = textOf(place.node);
    if (allowed.length === 0 || code === undefined || allowed.some((each) => textOf(each.node) === code)) continue;
    const message = `${showPath(place.path)} ${JSON.stringify(code)} is not among the consumer's allowed_regions`;
    reportAt(ground, "E007", { ...place, message });
  }
  const [primary, secondary] = places;
  if (secondary === undefined || textOf(primary?.node) !== textOf(secondary.node)) return;
  const message = `${showPath(secondary.path)} must be another region than the primary`;
  reportAt(ground, "E007", { ...secondary, message });
}

/**
 * Carbon-aware routing chooses among regions, and a budget of emissions needs to know the grid: where no target has a
 * region, every such request would be refused.
 */
function checkCarbonAware(inspection: Inspection): void {
  const { root } = inspection;
  const targets = targetsOf(root);
  if (targets.length === 0 || foundIn(targets, "region").length > 0) return;
  for (const limit of foundIn(foundIn(consumersOf(root), "budget"), "gco2e_per_day")) {
    const message = `${showPath(limit.path)} cannot be enforced: no target has a region, so that nobody knows what its grid emits`;
    reportAt(inspection, "E007", { ...limit, message });
  }
  for (const spot of routingSpots(root)) {
    if (textOf(spot.node) !== "carbon_aware") continue;
    const message = `${showPath(spot.path)} carbon_aware cannot be enforced: no target has a region`;
    reportAt(inspection, "E007", { ...spot, message });
  }
}
