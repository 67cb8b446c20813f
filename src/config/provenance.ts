import { isObject, type JsonPath, showPath } from "../lib/json/json.ts";
import type { Config } from "./config.ts";
import type { MapNode, Node } from "./layers/tree.ts";
import type { Origin } from "./problem.ts";

/** Path of a leaf (`providers.targets[0].model`) → where its value came from. */
export type Provenance = ReadonlyMap<string, Origin>;

const remembered = new WeakMap<Config, Provenance>();

/** Remembers where the values of a configuration came from, for as long as it is in use. */
export function rememberOrigins(config: Config, provenance: Provenance): void {
  remembered.set(config, provenance);
}

/** Where the values of a loaded configuration came from; nothing is known of one that was made otherwise. */
export function originsOf(config: Config): Provenance {
  return remembered.get(config) ?? new Map();
}

/**
 * Where every leaf of the final value came from: the place in the tree it was taken from, else a default. Leaves are
 * scalars and empty lists and maps.
 */
export function traceOrigins(config: unknown, root: MapNode): Provenance {
  const origins = new Map<string, Origin>();
  const visit = (value: unknown, node: Node | undefined, path: JsonPath): void => {
    const inner: [string | number, unknown][] = Array.isArray(value)
      ? value.map((item, index) => [index, item])
      : isObject(value)
        ? Object.entries(value)
        : [];
    if (inner.length === 0) origins.set(showPath(path), node?.origin ?? { kind: "default" });
    for (const [key, each] of inner) visit(each, childOf(node, key), [...path, key]);
  };
  visit(config, root, []);
  return origins;
}

function childOf(node: Node | undefined, key: string | number): Node | undefined {
  if (node?.kind === "list" && typeof key === "number") return node.items[key];
  return node?.kind === "map" ? node.entries.get(String(key))?.node : undefined;
}

/** An origin in one line: `policy-config.yaml:12:5`, `WEIR__SERVER__LISTEN`, `--listen`, `default`. */
export function showOrigin(origin: Origin): string {
  const where =
    origin.kind === "file"
      ? `${origin.file}:${origin.line}:${origin.column}`
      : origin.kind === "default"
        ? "default"
        : origin.name;
  const variables = "variables" in origin ? origin.variables : undefined;
  return variables === undefined ? where : `${where} with ${variables.map((name) => `\${${name}}`).join(", ")}`;
}
