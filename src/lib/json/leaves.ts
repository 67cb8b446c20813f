import { inOneGo } from "../in-one-go.ts";
import type { JsonPath } from "./json.ts";
import { literalText, type Span, skipBlanks, stringEnd, valueEnd } from "./scan.ts";

/** Where a value stands, or the literal of the key in front of it. */
export interface Sought {
  readonly path: JsonPath;
  readonly isKey?: boolean | undefined;
}

/** Paths that share their beginnings; `slots` are the positions of the paths that end here. */
interface Wanted {
  readonly children: Map<string | number, Wanted>;
  readonly slots: number[];
  /** The positions of paths to whose last key is asked for, not to its value. */
  readonly keySlots: number[];
}

interface Open {
  readonly wanted: Wanted | null;
  readonly isObject: boolean;
  /** The next element's index in an array. */
  index: number;
}

/** {@link locatingSought} for values, in one go. */
export function locateLeaves(source: string, paths: readonly JsonPath[]): readonly (Span | null)[] {
  return inOneGo(
    locatingSought(
      source,
      paths.map((path) => ({ path })),
    ),
  );
}

/** So many paths, or values of the text, are looked at between two chances to let others run. */
const A_STEP = 1_024;

/**
 * Where values and keys stand, in the order of `sought`; null where a path leads nowhere, or to an object or array
 * whose key was not asked for. One pass over JSON text that `JSON.parse` has accepted, however many paths; of a key
 * said twice the last counts, as it does for `JSON.parse`. Gives way now and then.
 */
export function* locatingSought(
  source: string,
  sought: readonly Sought[],
): Generator<undefined, readonly (Span | null)[]> {
  const spans: (Span | null)[] = sought.map(() => null);
  const open: Open[] = [];
  let next: Wanted | null = yield* wantedFrom(sought);
  let at = skipBlanks(source, 0);
  for (let values = 1; at < source.length; values++) {
    if (values % A_STEP === 0) yield undefined;
    const mark = source[at];
    if (mark === "{" || mark === "[") {
      open.push({ wanted: next, isObject: mark === "{", index: 0 });
      at = skipBlanks(source, at + 1);
    } else if (mark === "}" || mark === "]") {
      open.pop();
      at = skipBlanks(source, at + 1);
      if (source[at] === ",") at = skipBlanks(source, at + 1);
    } else {
      const end = valueEnd(source, at);
      for (const slot of next?.slots ?? []) spans[slot] = { start: at, end };
      at = skipBlanks(source, end);
      if (source[at] === ",") at = skipBlanks(source, at + 1);
    }
    const inside = open.at(-1);
    if (inside === undefined) break;
    if (!inside.isObject) next = inside.wanted?.children.get(inside.index++) ?? null;
    else if (source[at] === '"') {
      const end = stringEnd(source, at);
      next = inside.wanted === null ? null : (inside.wanted.children.get(literalText(source, at, end)) ?? null);
      for (const slot of next?.keySlots ?? []) spans[slot] = { start: at, end };
      at = skipBlanks(source, skipBlanks(source, end) + 1);
    }
  }
  return spans;
}

function* wantedFrom(sought: readonly Sought[]): Generator<undefined, Wanted> {
  const root: Wanted = { children: new Map(), slots: [], keySlots: [] };
  for (const [slot, { path, isKey }] of sought.entries()) {
    let node = root;
    for (const step of path) {
      let child = node.children.get(step);
      if (child === undefined) {
        child = { children: new Map(), slots: [], keySlots: [] };
        node.children.set(step, child);
      }
      node = child;
    }
    (isKey === true ? node.keySlots : node.slots).push(slot);
    if (slot % A_STEP === A_STEP - 1) yield undefined;
  }
  return root;
}

/** The spans of every string (keys too) and every number, true, false and null of valid JSON text, in their order. */
export function leafSpans(source: string): readonly Span[] {
  const spans: Span[] = [];
  let at = skipBlanks(source, 0);
  while (at < source.length) {
    if ("{}[],:".includes(source[at]!)) at++;
    else {
      const end = valueEnd(source, at);
      spans.push({ start: at, end });
      at = end;
    }
    at = skipBlanks(source, at);
  }
  return spans;
}
