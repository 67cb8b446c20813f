import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Scalar,
  type YAMLError,
  type Node as YamlNode,
} from "yaml";
import { firstPlace } from "../../lib/first-place.ts";
import { type Origin, type Problem, problem } from "../problem.ts";
import { isNull, type MapNode, type Node } from "./tree.ts";

/** Values in one document, aliases followed. A real configuration has hundreds; a document of aliases has billions. */
const MOST_NODES = 200_000;
/** Levels of nesting; the deepest documented key is at 8, test cases carry whole requests. */
const DEEPEST = 100;
/** Syntax errors shown per document; one slip can cause a cascade. */
const MOST_ERRORS = 20;

/** YAML takes the brace of a variable for the beginning of a map where it stands in one written in braces. */
const BARE_VARIABLE = `cannot read this as YAML: inside of { } and [ ] a value with \${…} must stand in quotes, "\${NAME}"`;

/** A parsed document; `root` is null for an empty one, and undefined where it could not be read. */
export interface ParsedDocument {
  readonly root: Node | null | undefined;
  readonly problems: readonly Problem[];
}

/** Thrown inside this file only: the document is too big to go on. */
class TooBig extends Error {}

interface Reading {
  readonly problems: Problem[];
  readonly anchors: Map<string, YamlNode>;
  readonly at: (offset: number) => Origin;
  nodes: number;
}

/**
 * YAML 1.2 text to a tree, in time linear in the text whatever it holds. Duplicate keys, unknown tags, several
 * documents, aliases without anchor and bombs of aliases are E006. Merge keys (`<<: *base`) are followed: a map's own
 * keys win over merged ones, and merged ones keep the line they were written at.
 */
export function parseText(text: string, locate: (line: number, column: number) => Origin): ParsedDocument {
  const starts = lineStarts(text);
  const at = (offset: number) => {
    const line = lineOf(starts, offset);
    return locate(line + 1, offset - starts[line]! + 1);
  };
  const reading: Reading = { problems: [], anchors: new Map(), at, nodes: 0 };
  const report = (offset: number, message: string) =>
    reading.problems.push(problem({ code: "E006", at: at(offset), path: [], message }));
  try {
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
    for (const { pos, message } of causes([...document.errors, ...document.warnings]).slice(0, MOST_ERRORS)) {
      if (text.startsWith("${", pos[0] - 1)) {
        report(pos[0] - 1, BARE_VARIABLE);
        // the rest of them are its consequences
        break;
      }
      report(pos[0], `cannot read this as YAML: ${oneLine(message)}`);
    }
    if (reading.problems.length > 0) return { root: undefined, problems: reading.problems };
    if (document.contents === null) return { root: null, problems: [] };
    const root = convert(document.contents as YamlNode, reading, 0);
    return { root: root.kind === "scalar" && root.value === null ? null : root, problems: reading.problems };
  } catch (thrown) {
    if (thrown instanceof TooBig) report(0, thrown.message);
    else report(0, "cannot read this as YAML: it is nested too deeply");
    return { root: undefined, problems: reading.problems };
  }
}

/** What is to be mended: behind tabs in front of a line everything else is their consequence, what is said before them too. */
function causes(found: readonly YAMLError[]): readonly YAMLError[] {
  const tabs = found.filter(({ code }) => code === "TAB_AS_INDENT");
  return tabs.length > 0 ? tabs : found;
}

/** Where each line begins. The library's own count misses lines of a text in quotes that stands where none may. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

/** The last line, counted from 0, that begins at or before `offset`. */
function lineOf(starts: readonly number[], offset: number): number {
  return Math.max(0, firstPlace(starts.length, (line) => starts[line]! > offset) - 1);
}

/** The library's own words, where they are for people. */
function oneLine(message: string): string {
  if (message.startsWith("Maximum call stack")) return "it is nested too deeply";
  if (message.startsWith("Source contains multiple documents"))
    return "a file holds one document, a second one begins here";
  return message.replaceAll(/\s+/g, " ").slice(0, 200);
}

function convert(node: YamlNode | null, reading: Reading, depth: number): Node {
  reading.nodes += 1;
  if (reading.nodes > MOST_NODES) {
    throw new TooBig(`cannot read this document: it has more than ${MOST_NODES} values, aliases followed`);
  }
  if (depth > DEEPEST) throw new TooBig(`cannot read this document: it is nested more than ${DEEPEST} levels deep`);
  if (node === null) return { kind: "scalar", value: null, origin: reading.at(0) };
  if (isAlias(node)) return convert(resolve(node, reading), reading, depth + 1);
  const origin = reading.at(node.range?.[0] ?? 0);
  if ("anchor" in node && typeof node.anchor === "string") reading.anchors.set(node.anchor, node);
  if (isMap(node)) return convertMap(node.items, origin, { reading, depth });
  if (isSeq(node)) {
    return {
      kind: "list",
      items: node.items.map((item) => convert(item as YamlNode | null, reading, depth + 1)),
      origin,
    };
  }
  const value = isScalar(node) ? node.value : null;
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return { kind: "scalar", value, origin };
  const message = "cannot read this value: tags such as !!binary and !!timestamp are not taken, write it as text";
  reading.problems.push(problem({ code: "E006", at: origin, path: [], message }));
  return { kind: "scalar", value: "", origin, broken: true };
}

function resolve(alias: Alias, reading: Reading): YamlNode | null {
  const anchored = reading.anchors.get(alias.source);
  if (anchored !== undefined) return anchored;
  const message = `cannot follow the alias *${alias.source}: no anchor &${alias.source} stands before it`;
  reading.problems.push(problem({ code: "E006", at: reading.at(alias.range?.[0] ?? 0), path: [], message }));
  return null;
}

function convertMap(
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  origin: Origin,
  { reading, depth }: { reading: Reading; depth: number },
): MapNode {
  const map: MapNode = { kind: "map", entries: new Map(), origin };
  const merges = pairs.filter(({ key }) => isMergeKey(key));
  for (const pair of pairs) {
    // a second one is a duplicate like any other
    if (pair === merges[0]) continue;
    const keyNode = isAlias(pair.key) ? resolve(pair.key, reading) : (pair.key as YamlNode | null);
    const keyOrigin = keyNode === null ? origin : reading.at(keyNode.range?.[0] ?? 0);
    const node = pair.value === null ? nullAt(keyOrigin) : convert(pair.value as YamlNode, reading, depth + 1);
    const key = isScalar(keyNode) && keyNode.value !== null ? (keyNode.source ?? String(keyNode.value)) : undefined;
    const message =
      key === undefined
        ? "cannot read this key: it must be a word, not empty, a list or a map"
        : map.entries.has(key) || (key === MERGE && isMergeKey(pair.key))
          ? `duplicate key ${JSON.stringify(key)}: it stands in this map already`
          : undefined;
    if (message !== undefined) reading.problems.push(problem({ code: "E006", at: keyOrigin, path: [], message }));
    else map.entries.set(key!, { node, keyOrigin });
  }
  const [merge] = merges;
  if (merge !== undefined) takeOver(map, merge, { reading, depth });
  return map;
}

/** The key of YAML's merge type (https://yaml.org/type/merge.html), which YAML 1.2 leaves to whoever reads. */
const MERGE = "<<";

/** Whether a key is the merge key; in quotes it is a word as any other. */
function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && key.value === MERGE && key.type === "PLAIN";
}

/** Puts into a map what its merge key names and it does not have itself; of several maps the first counts. */
function takeOver(
  map: MapNode,
  { key, value }: { readonly key: unknown; readonly value: unknown },
  { reading, depth }: { reading: Reading; depth: number },
): void {
  const found = convert(value as YamlNode | null, reading, depth + 1);
  const sources = found.kind === "list" ? found.items : [found];
  for (const source of sources) {
    if (source.kind === "map") {
      for (const [name, entry] of source.entries) if (!map.entries.has(name)) map.entries.set(name, entry);
    } else if (!isNull(source)) {
      // nothing is nothing to take over, and an alias that leads nowhere has been named already
      const at = reading.at((key as Scalar).range?.[0] ?? 0);
      const message = "cannot merge this: << takes a map, as an alias (<<: *base) or written out, or a list of maps";
      reading.problems.push(problem({ code: "E006", at, path: [], message }));
    }
  }
}

function nullAt(origin: Origin): Node {
  return { kind: "scalar", value: null, origin };
}
