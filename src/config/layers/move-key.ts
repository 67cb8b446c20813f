import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { type Problem, problem } from "../problem.ts";
import type { MovedKey } from "./aliases.ts";
import { type Entry, emptyMap, isNull, type MapNode, mapAt, toPlain } from "./tree.ts";

interface Where {
  /** Path of the map that `from` and `to` start at. */
  readonly base: JsonPath;
  readonly problems: Problem[];
}

/**
 * Moves a key from its second spelling to its first, in place. Where both are there, maps are joined and equal values
 * count once; different ones are E007, and the first spelling stays.
 */
export function moveKey(root: MapNode, { from, to }: MovedKey, where: Where): void {
  const key = from.at(-1) ?? "";
  const source = mapAt(root, from.slice(0, -1));
  const entry = source?.entries.get(key);
  if (source === undefined || entry === undefined) return;
  source.entries.delete(key);
  const target = ensureMap(root, to.slice(0, -1), entry);
  if (target === undefined) return;
  place(target, { key: to.at(-1) ?? "", entry: { ...entry, writtenAs: key } }, { from, to, where });
}

/** The map at `path`, made where it is missing; undefined where something else stands in its way. */
function ensureMap(root: MapNode, path: readonly string[], because: Entry): MapNode | undefined {
  let current = root;
  for (const key of path) {
    const found = current.entries.get(key);
    if (found === undefined || isNull(found.node)) {
      const made = emptyMap(because.keyOrigin);
      current.entries.set(key, { node: made, keyOrigin: because.keyOrigin });
      current = made;
    } else if (found.node.kind === "map") current = found.node;
    else return undefined;
  }
  return current;
}

function place(
  target: MapNode,
  { key, entry }: { key: string; entry: Entry },
  told: { from: JsonPath; to: JsonPath; where: Where },
): void {
  const present = target.entries.get(key);
  if (present === undefined || isNull(present.node)) {
    target.entries.set(key, entry);
  } else if (present.node.kind === "map" && entry.node.kind === "map") {
    for (const [inner, innerEntry] of entry.node.entries) {
      place(
        present.node,
        { key: inner, entry: innerEntry },
        { ...told, from: [...told.from, inner], to: [...told.to, inner] },
      );
    }
  } else if (JSON.stringify(toPlain(present.node)) !== JSON.stringify(toPlain(entry.node))) {
    const path = [...told.where.base, ...told.from];
    const message = `${showPath(path)} and ${showPath([...told.where.base, ...told.to])} are the same setting and say different things: keep one`;
    told.where.problems.push(problem({ code: "E007", at: entry.keyOrigin, path, message }));
  }
}
