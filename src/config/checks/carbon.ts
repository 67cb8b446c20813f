import { MOMENT } from "../../grid/_options.ts";
import { instantOf } from "../../grid/_values.ts";
import { gridSources } from "../../grid/index.ts";
import type { GridSource } from "../../grid/source.ts";
import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { parseMoment } from "../../lib/moment.ts";
import { nearest } from "../../lib/nearest.ts";
import { itemsOf, member, type Node, numberOf, textOf } from "../layers/tree.ts";
import {
  carbonSourcesOf,
  type FoundMap,
  find,
  type Inspection,
  keyOrigin,
  reportAt,
  urlWithHost,
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
    checkAddress(inspection, entry);
    checkMoments(inspection, entry);
    checkForecasts(inspection, entry);
  }
  checkFreshness(inspection);
}

/** Keys that another source has, and those that this one cannot do without. */
function checkKeys({ report }: Inspection, { source, node, path }: Entry): void {
  const refuse = (key: string, why: string): void => {
    const where = [...path, key];
    const message = `${showPath(where)} cannot be enforced: ${why}`;
    report({ code: "E007", at: keyOrigin(node, key), path: where, message });
  };
  const need = (key: string, why: string): void => {
    const where = [...path, key];
    report({ code: "E005", at: node.origin, path: where, message: `missing key ${showPath(where)}: ${why}` });
  };
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
      need(key, `${source.name} has no other place for its values`);
  const isOwnAddress = member(node, "base_url") !== undefined;
  if (source.needsKey && !isOwnAddress && member(node, "secret_key_ref") === undefined)
    need("secret_key_ref", `${source.name} answers to a key only`);
}

function checkZones(inspection: Inspection, { source, node, path }: Entry): void {
  const { zones } = source;
  if (zones === null) return;
  itemsOf(node, "zones").forEach((item, index) => {
    const zone = textOf(item);
    if (zone === undefined || zones.includes(zone)) return;
    const where = [...path, "zones", index];
    const message = `${showPath(where)} names no zone of ${source.name}: ${JSON.stringify(zone)} is unknown; zones: ${zones.join(", ")}`;
    reportAt(inspection, "E003", { node: item, path: where, message, suggestion: nearest(zone, zones) });
  });
}

/** Moments that no calendar has, and intervals that end before they begin: they would be passed over in silence. */
function checkMoments(inspection: Inspection, { node, path }: Entry): void {
  momentAt(inspection, { node: member(node, "starts_at"), path: [...path, "starts_at"] });
  itemsOf(node, "values").forEach((value, index) => {
    if (value.kind !== "map") return;
    const at = (key: string) => {
      const found = { node: member(value, key), path: [...path, "values", index, key] };
      return { ...found, moment: momentAt(inspection, found) };
    };
    const from = at("interval_start");
    const to = at("observed_at");
    if (from.node === undefined || from.moment === null || to.moment === null || from.moment < to.moment) return;
    const message = `${showPath(from.path)} must lie before observed_at, where the interval ends`;
    reportAt(inspection, "E007", { node: from.node, path: from.path, message });
  });
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
function checkForecasts({ report }: Inspection, { node, path }: Entry): void {
  itemsOf(node, "values").forEach((value, index) => {
    if (value.kind !== "map" || textOf(member(value, "kind")) !== "forecast") return;
    if (member(value, "interval_start") !== undefined) return;
    const where = [...path, "values", index, "interval_start"];
    const message = `missing key ${showPath(where)}: a forecast counts only within its interval`;
    report({ code: "E005", at: value.origin, path: where, message });
  });
}

function checkAddress(inspection: Inspection, { node, path }: Entry): void {
  const url = member(node, "base_url");
  const text = textOf(url);
  if (url === undefined || text === undefined || !/^https?:\/\/[^\s]+$/i.test(text)) return;
  const parsed = urlWithHost(text);
  const fault =
    parsed === undefined
      ? "must be a URL with a host: it cannot be read as one"
      : parsed.username !== "" || parsed.password !== ""
        ? "must not hold a user or password: use secret_key_ref"
        : parsed.search !== "" || parsed.hash !== ""
          ? "must not have a query or a fragment: the source adds its own"
          : null;
  if (fault === null) return;
  const where = [...path, "base_url"];
  reportAt(inspection, "E005", { node: url, path: where, message: `${showPath(where)} ${fault}` });
}

function checkFreshness(inspection: Inspection): void {
  const live = find(inspection.root, "carbon", "freshness", "live_minutes");
  const fresh = find(inspection.root, "carbon", "freshness", "fresh_minutes");
  const shorter = numberOf(live?.node) ?? 30;
  const longer = numberOf(fresh?.node) ?? 120;
  const spot = live ?? fresh;
  if (spot === undefined || shorter <= longer) return;
  const message = `carbon.freshness: live_minutes (${shorter}) must not be above fresh_minutes (${longer})`;
  reportAt(inspection, "E007", { ...spot, message });
}
