import { MOMENT } from "../../grid/_options.ts";
import { instantOf } from "../../grid/_values.ts";
import { gridSources } from "../../grid/index.ts";
import type { GridSource } from "../../grid/source.ts";
import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { parseMoment } from "../../lib/moment.ts";
import { nearest } from "../../lib/nearest.ts";
import { member, type Node, textOf } from "../layers/tree.ts";
import {
  carbonSourcesOf,
  checkBaseUrl,
  type FoundMap,
  find,
  type Inspection,
  itemsIn,
  mapsIn,
  numberAt,
  reportAt,
  reportKey,
  reportMissing,
} from "./inspection.ts";

const sources: Readonly<Record<string, GridSource>> = gridSources;
/** What has the form of a moment with its zone: all else is refused for its form. */
const LIKE_A_MOMENT = new RegExp(MOMENT);
const ownKeys: ReadonlySet<string> = new Set(Object.values(sources).flatMap(({ options }) => Object.keys(options)));

interface Entry extends FoundMap {
  readonly source: GridSource;
}

/** What a grid source cannot do, or lacks; limits of freshness that stand on their heads. */
export function checkCarbon(inspection: Inspection): void {
  for (const { node, path } of carbonSourcesOf(inspection.root)) {
    const name = textOf(member(node, "source")) ?? "";
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (source === undefined) continue;
    const entry = { source, node, path };
    checkKeys(inspection, entry);
    checkZones(inspection, entry);
    checkBaseUrl(inspection, entry, faultOf);
    checkMoments(inspection, entry);
    checkForecasts(inspection, entry);
  }
  checkFreshness(inspection);
}

/** Keys that another source has, and those that this one cannot do without. */
function checkKeys(inspection: Inspection, entry: Entry): void {
  const { source, node } = entry;
  const refuse = (key: string, why: string): void =>
    reportKey(inspection, "E007", { ...entry, key, says: `cannot be enforced: ${why}` });
  for (const key of ownKeys) {
    if (member(node, key) === undefined || Object.hasOwn(source.options, key)) continue;
    const owners = Object.values(sources).filter(({ options }) => Object.hasOwn(options, key));
    refuse(key, `${source.name} does not have it, only ${owners.map(({ name }) => name).join(", ")}`);
  }
  if (source.baseUrl === null)
    for (const key of ["base_url", "secret_key_ref"])
      if (member(node, key) !== undefined) refuse(key, `${source.name} asks nobody`);
  for (const key of ["values", "series"])
    if (Object.hasOwn(source.options, key) && member(node, key) === undefined)
      reportMissing(inspection, { ...entry, key, why: `${source.name} has no other place for its values` });
  const isOwnAddress = member(node, "base_url") !== undefined;
  if (source.needsKey && !isOwnAddress && member(node, "secret_key_ref") === undefined)
    reportMissing(inspection, { ...entry, key: "secret_key_ref", why: `${source.name} answers to a key only` });
}

function checkZones(inspection: Inspection, entry: Entry): void {
  const { name, zones } = entry.source;
  if (zones === null) return;
  for (const item of itemsIn(entry, "zones")) {
    const zone = textOf(item.node);
    if (zone === undefined || zones.includes(zone)) continue;
    const message = `${showPath(item.path)} names no zone of ${name}: ${JSON.stringify(zone)} is unknown; zones: ${zones.join(", ")}`;
    reportAt(inspection, "E003", { ...item, message, suggestion: nearest(zone, zones) });
  }
}

/** Moments that no calendar has, and intervals that end before they begin: they would be passed over in silence. */
function checkMoments(inspection: Inspection, entry: Entry): void {
  momentAt(inspection, { node: member(entry.node, "starts_at"), path: [...entry.path, "starts_at"] });
  for (const { node: value, path } of mapsIn(entry, "values")) {
    const at = (key: string) => {
      const found = { node: member(value, key), path: [...path, key] };
      return { ...found, moment: momentAt(inspection, found) };
    };
    const from = at("interval_start");
    const to = at("observed_at");
    if (from.node === undefined || from.moment === null || to.moment === null || from.moment < to.moment) continue;
    const message = `${showPath(from.path)} must lie before observed_at, where the interval ends`;
    reportAt(inspection, "E007", { node: from.node, path: from.path, message });
  }
}

/** Epoch milliseconds; null where there is no moment. One that looks like it and is none is reported. */
function momentAt(inspection: Inspection, { node, path }: { node: Node | undefined; path: JsonPath }): number | null {
  const text = textOf(node) ?? "";
  if (node === undefined || !LIKE_A_MOMENT.test(text)) return null;
  const moment = parseMoment(text.slice(0, 10), 0) === null ? null : instantOf(text);
  if (moment === null) {
    const message = `${showPath(path)} is no moment: no calendar has ${JSON.stringify(text)}`;
    reportAt(inspection, "E005", { node, path, message });
  }
  return moment;
}

/** A forecast counts for the time it covers: without its beginning it could never decide. */
function checkForecasts(inspection: Inspection, entry: Entry): void {
  for (const value of mapsIn(entry, "values")) {
    if (textOf(member(value.node, "kind")) !== "forecast" || member(value.node, "interval_start") !== undefined)
      continue;
    reportMissing(inspection, { ...value, key: "interval_start", why: "a forecast counts only within its interval" });
  }
}

function faultOf(url: URL | undefined): string | null {
  if (url === undefined) return "must be a URL with a host: it cannot be read as one";
  if (url.username !== "" || url.password !== "") return "must not hold a user or password: use secret_key_ref";
  return url.search === "" && url.hash === "" ? null : "must not have a query or a fragment: the source adds its own";
}

function checkFreshness(inspection: Inspection): void {
  const live = find(inspection.root, "carbon", "freshness", "live_minutes");
  const fresh = find(inspection.root, "carbon", "freshness", "fresh_minutes");
  const shorter = numberAt(inspection.root, "carbon", "freshness", "live_minutes");
  const longer = numberAt(inspection.root, "carbon", "freshness", "fresh_minutes");
  const spot = live ?? fresh;
  if (spot === undefined || shorter <= longer) return;
  const message = `carbon.freshness: live_minutes (${shorter}) must not be above fresh_minutes (${longer})`;
  reportAt(inspection, "E007", { ...spot, message });
}
