import { Document, isMap, isScalar, isSeq, type Node as YamlNode } from "yaml";
import { isObject, type JsonPath, showPath } from "../lib/json/json.ts";
import type { Config } from "./config.ts";
import { maskConfig } from "./mask.ts";
import type { Origin } from "./problem.ts";
import { type Provenance, showOrigin } from "./provenance.ts";

/** A loaded configuration and where its values came from. */
export interface Shown {
  readonly config: Config;
  readonly provenance: Provenance;
  /** With every default; else only what a file, a variable or a flag says. */
  readonly effective: boolean;
}

/** Value and origin of every leaf, for machines. Secrets are masked. */
export interface ShownJson {
  readonly config: unknown;
  readonly origins: Readonly<Record<string, Origin>>;
}

/** The configuration as YAML, with the origin of each value as a comment behind it. Secrets are masked. */
export function showYaml(shown: Shown): string {
  const { config, origins } = showJson(shown);
  const document = new Document(config, { aliasDuplicateObjects: false });
  const annotate = (node: unknown, path: JsonPath): void => {
    const origin = origins[showPath(path)];
    if (isMap(node) && node.items.length > 0) {
      for (const { key, value } of node.items)
        annotate(value, [...path, isScalar(key) ? String(key.value) : String(key)]);
    } else if (isSeq(node) && node.items.length > 0) {
      for (const [index, item] of node.items.entries()) annotate(item, [...path, index]);
    } else if (origin !== undefined) (node as YamlNode).comment = ` ${showOrigin(origin)}`;
  };
  annotate(document.contents, []);
  return onOneLine(document.toString({ lineWidth: 0 }));
}

/** The library writes the comment of an empty list or map two lines further down. */
function onOneLine(yaml: string): string {
  return yaml.replaceAll(/:\n +(\[\]|\{\})\n +(# .*)/g, ": $1 $2");
}

/** The configuration as JSON and, per leaf, where it came from. Secrets are masked. */
export function showJson({ config, provenance, effective }: Shown): ShownJson {
  const origins: Record<string, Origin> = {};
  const prune = (value: unknown, path: JsonPath): unknown => {
    const isList = Array.isArray(value);
    const inner: [string | number, unknown][] = isList
      ? value.map((item, index) => [index, item])
      : isObject(value)
        ? Object.entries(value)
        : [];
    if (inner.length === 0) {
      const origin = provenance.get(showPath(path)) ?? { kind: "default" as const };
      if (!effective && origin.kind === "default") return undefined;
      origins[showPath(path)] = origin;
      return value;
    }
    const kept = inner.flatMap(([key, each]) => {
      const pruned = prune(each, [...path, key]);
      return pruned === undefined ? [] : [[key, pruned] as const];
    });
    if (kept.length === 0) return undefined;
    return isList ? kept.map(([, each]) => each) : Object.fromEntries(kept);
  };
  return { config: prune(maskConfig(config), []) ?? {}, origins };
}
