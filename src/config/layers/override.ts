import { nearest } from "../../lib/nearest.ts";
import { documentSchema, type JsonSchema } from "../json-schema.ts";
import { type LintCode, type Origin, type Problem, problem } from "../problem.ts";
import type { Environment } from "./expand.ts";
import { KEYED_LISTS } from "./merge.ts";
import { parseText } from "./parse.ts";
import { emptyMap, itemsOf, type MapNode, member, type Node, scalar, textOf } from "./tree.ts";

/** Variables that override a value of the document begin with this; two underscores stand between the steps. */
const OVERRIDE_PREFIX = "WEIR__";

/** One step of an override: a key, or the item of a list that is known by that key. */
type Step = string | { readonly id: string; readonly by: string };

type Resolved =
  | { readonly steps: readonly Step[]; readonly schema: JsonSchema }
  | { readonly code: LintCode; readonly message: string; readonly suggestion?: string | undefined };

/**
 * The layer that `WEIR__…` variables lay over the files. Keys are found without regard to case, items by their id
 * (exactly, else without regard to case and with `_` for every other sign). A variable that names nothing is a problem.
 */
export function overrideLayer(root: MapNode, env: Environment): { layer: MapNode; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const layer = emptyMap({ kind: "default" });
  const names = Object.keys(env).filter((name) => name.startsWith(OVERRIDE_PREFIX) && env[name] !== undefined);
  const schema = names.length === 0 ? {} : documentSchema();
  for (const name of names.sort()) {
    const origin: Origin = { kind: "environment", name };
    const resolved = resolve(schema, { node: root, rest: name.slice(OVERRIDE_PREFIX.length), path: "" });
    if ("code" in resolved) {
      const { code, message, suggestion } = resolved;
      problems.push(
        problem({ code, at: origin, path: [], message: `${name} overrides nothing: ${message}`, suggestion }),
      );
      continue;
    }
    const value = readValue(env[name] ?? "", resolved.schema, origin);
    if (value === undefined) {
      problems.push(
        problem({ code: "E006", at: origin, path: [], message: `the value of ${name} cannot be read as YAML` }),
      );
    } else put(layer, resolved.steps, value);
  }
  return { layer, problems };
}

/** The value of a flag; where its environment variable stood in for it, with that variable's name. */
export type FlagValue = string | number | boolean | { readonly value: string; readonly variable: string };

/** The layer that flags lay over everything: dotted paths and their values. */
export function flagLayer(flags: Readonly<Record<string, FlagValue | undefined>>): MapNode {
  const layer = emptyMap({ kind: "default" });
  for (const [path, given] of Object.entries(flags)) {
    if (given === undefined) continue;
    const steps = path.split(".");
    const value = typeof given === "object" ? given.value : given;
    const origin: Origin =
      typeof given === "object"
        ? { kind: "environment", name: given.variable }
        : { kind: "flag", name: `--${(steps.at(-1) ?? "").replaceAll("_", "-")}` };
    put(layer, steps, { kind: "scalar", value, text: String(value), origin });
  }
  return layer;
}

interface Position {
  readonly node: Node | undefined;
  /** What of the variable's name is still to be found. */
  readonly rest: string;
  /** Pattern of the path so far: `providers.targets[]`. */
  readonly path: string;
}

function resolve(schema: JsonSchema, position: Position): Resolved {
  const { node, rest, path } = position;
  if (rest === "" && path !== "") return { steps: [], schema };
  const by = KEYED_LISTS[path];
  if (by !== undefined) return resolveItem(schema, position, by);
  const pattern = Object.values(schema.patternProperties ?? {})[0];
  if (pattern !== undefined) return resolveFree(pattern, position);
  const properties = propertiesOf(schema);
  const keys = Object.keys(properties);
  const key = longestMatch(rest, keys);
  if (key === undefined) return unknownStep(position, keys, schema);
  const inner = properties[key]!;
  const found = resolve(inner, {
    node: member(node, key),
    rest: rest.slice(key.length + 2),
    path: path === "" ? key : `${path}.${key}`,
  });
  return "code" in found ? found : { ...found, steps: [key, ...found.steps] };
}

/** The keys that a map may have; where several kinds of map may stand there (`env` or `file`), those of all of them. */
function propertiesOf({ properties, anyOf = [] }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  if (properties !== undefined) return properties;
  const kinds = anyOf.flatMap((kind) => Object.entries(kind.properties ?? {}));
  return Object.fromEntries(kinds.filter(([, { type }]) => type !== "null"));
}

/** A key of the operator's own (a header, a role): one that is there or a new one; below it, only one that is there. */
function resolveFree(schema: JsonSchema, { node, rest, path }: Position): Resolved {
  const known = node?.kind === "map" ? [...node.entries.keys()] : [];
  const same = known.find((key) => fold(key) === fold(rest));
  const isWhole = schema.properties === undefined || !rest.includes("__");
  if (same !== undefined || isWhole) return { steps: [same ?? rest], schema };
  const key = longestMatch(rest, known);
  if (key === undefined) return noneOf(known, rest, `${path} has no`);
  const tail = rest.slice(key.length + 2);
  const found = resolve(schema, { node: member(node, key), rest: tail, path: `${path}.${key}` });
  return "code" in found ? found : { ...found, steps: [key, ...found.steps] };
}

function resolveItem(schema: JsonSchema, { node, rest, path }: Position, by: string): Resolved {
  const items = node?.kind === "list" ? node.items : [];
  const ids = items.map((item) => textOf(member(item, by))).filter((id) => id !== undefined);
  const id = longestMatch(rest, ids);
  if (id === undefined) return noneOf(ids, rest, `${path} has no item`);
  const tail = rest.slice(id.length + 2);
  if (tail === "" || fold(tail) === by) {
    return {
      code: "E002",
      message: `name a key of ${path} ${JSON.stringify(id)} other than ${by}, after two underscores`,
    };
  }
  const item = items.find((each) => textOf(member(each, by)) === id);
  const found = resolve(schema.items ?? {}, { node: item, rest: tail, path: `${path}[]` });
  return "code" in found ? found : { ...found, steps: [{ id, by }, ...found.steps] };
}

/** Says that `rest` begins with none of the names that are there; `says` stands before the one that it asks for. */
function noneOf(names: readonly string[], rest: string, says: string): Resolved {
  const asked = rest.split("__")[0] ?? "";
  const message = `${says} ${JSON.stringify(asked)}; there are: ${names.length === 0 ? "none" : names.join(", ")}`;
  return { code: "E003", message, suggestion: nearest(asked, names) };
}

function unknownStep({ rest, path }: Position, keys: readonly string[], schema: JsonSchema): Resolved {
  const asked = fold(rest.split("__")[0] ?? "");
  const parent = path === "" ? "the document" : path;
  if (keys.length === 0) {
    const whole = schema.items === undefined ? "is a single value" : "is a list and is replaced as a whole";
    return { code: "E002", message: `${parent} ${whole}` };
  }
  const code = path === "policy" ? "E001" : "E002";
  const what = code === "E001" ? "policy kind" : "key";
  const message = `unknown ${what} ${JSON.stringify(asked)} in ${parent}; valid: ${keys.join(", ")}`;
  return { code, message, suggestion: nearest(asked, keys) };
}

/** The longest name that `rest` begins with (and ends, or goes on after two underscores); exact spelling first. */
function longestMatch(rest: string, names: readonly string[]): string | undefined {
  const matches = (asked: string, name: string) => asked === name || asked.startsWith(`${name}__`);
  const byLength = [...names].sort((a, b) => b.length - a.length);
  return byLength.find((name) => matches(rest, name)) ?? byLength.find((name) => matches(fold(rest), fold(name)));
}

/** Length-preserving: only letters, digits and `_` remain. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_");
}

/** The value of a variable as YAML; where text is asked for, everything that is no YAML scalar is that text. */
function readValue(text: string, schema: JsonSchema, origin: Origin): Node | undefined {
  const { root, problems } = parseText(text, () => origin);
  const failed = root === undefined || problems.length > 0;
  if (takesText(schema) && (failed || (root !== null && root.kind !== "scalar"))) {
    return { kind: "scalar", value: text, text, origin };
  }
  if (failed) return undefined;
  if (root === null) return scalar(null, origin);
  if (root.kind !== "scalar") return root;
  return { ...root, text: typeof root.value === "string" ? root.value : text };
}

function takesText(schema: JsonSchema): boolean {
  const types = [schema.type, ...(schema.anyOf ?? []).map((branch) => branch.type)].flat();
  return types.includes("string") && !types.includes("object") && !types.includes("array");
}

/** Sets a value in a layer; maps and items on the way are made where they are missing. */
function put(layer: MapNode, steps: readonly Step[], value: Node): void {
  const [step, ...rest] = steps;
  if (typeof step !== "string") return;
  const { origin } = value;
  if (rest.length === 0) {
    layer.entries.set(step, { node: value, keyOrigin: origin });
    return;
  }
  const next = rest[0];
  const present = layer.entries.get(step)?.node;
  if (typeof next === "object") {
    const list = present?.kind === "list" ? present : { kind: "list" as const, items: [], origin };
    layer.entries.set(step, { node: list, keyOrigin: origin });
    let item = itemsOf(layer, step).find((each) => textOf(member(each, next.by)) === next.id);
    if (item?.kind !== "map") {
      item = emptyMap(origin);
      item.entries.set(next.by, { node: scalar(next.id, origin), keyOrigin: origin });
      list.items.push(item);
    }
    put(item, rest.slice(1), value);
    return;
  }
  const map = present?.kind === "map" ? present : emptyMap(origin);
  layer.entries.set(step, { node: map, keyOrigin: origin });
  put(map, rest, value);
}
