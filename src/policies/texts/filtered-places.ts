import { JsonFilter } from "../../detect/filter/json-filter.ts";
import type { Replacer } from "../../detect/filter/replacing.ts";
import { prepared } from "../../detect/scan/prepared.ts";
import type { RuleSet } from "../../detect/scan/rules.ts";
import type { TextPlace } from "../../lib/places/text-place.ts";
import { PIECE_UNITS } from "../../lib/slices.ts";
import type { Edit } from "../policy.ts";
import { seamCuts } from "./seams.ts";

/** Keeps the text: what is found only counts. */
export const counting = (found: (entity: string) => void): Replacer => ({
  replace(rule, value) {
    found(rule.entity);
    return value;
  },
  rest: (_rule, value) => value,
});

/**
 * Reads whole texts as {@link FilteredStream} reads growing ones and gives the edits that replace what is found, also
 * across the parts of one content array. Yields between pieces. Decoded parts of arguments are left out: the filter
 * decodes them itself, in streams as here.
 */
export function* filteredPlaces(
  places: readonly TextPlace[],
  set: RuleSet,
  replacer: Replacer,
): Generator<undefined, readonly Edit[]> {
  yield* prepared(set);
  const own = places.filter(({ isInner }) => isInner !== true);
  const cuts = yield* seamCuts(own, set, replacer);
  const edits: Edit[] = [];
  for (const place of own) {
    const { text } = place;
    let changed = "";
    let at = 0;
    for (const cut of cuts.get(place) ?? []) {
      changed += (yield* filtered(text.slice(at, cut.start), set, replacer)) + cut.text;
      at = cut.end;
    }
    changed += yield* filtered(at === 0 ? text : text.slice(at), set, replacer);
    if (changed !== text) edits.push({ place, start: 0, end: text.length, text: changed });
  }
  return edits;
}

function* filtered(text: string, set: RuleSet, replacer: Replacer): Generator<undefined, string> {
  const filter = new JsonFilter(set, replacer);
  let changed = "";
  for (let at = 0; at < text.length; at += PIECE_UNITS) {
    changed += inOne(filter.push(text.slice(at, at + PIECE_UNITS)));
    yield undefined;
  }
  return changed + filter.flush();
}

/**
 * The same text. One that was put together from thousands is joined when it is first read: piece by piece between two
 * chances to let others run, and not at the end in one go, which takes 60 ms for a megabyte.
 */
function inOne(text: string): string {
  // merely to read it is left out by the compiler
  return [text, ""].join("");
}
