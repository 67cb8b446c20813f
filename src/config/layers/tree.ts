import type { Origin } from "../problem.ts";

/**
 * A document between YAML and its final value: every key and value knows where it came from, so that a problem found
 * at any later step can still name its line. Trees belong to one loading and may be changed in place by its steps.
 */
export type Node = ScalarNode | ListNode | MapNode;

/** A single value. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly origin: Origin;
  /**
   * The text it was made from, where it came from a variable or a flag: the type is then the one the schema asks for,
   * not the one YAML would guess.
   */
  readonly text?: string;
  /** True where it could not be read, or an environment reference in it leads nowhere: reported already, it means nothing. */
  readonly broken?: true;
}

/** A sequence. */
export interface ListNode {
  readonly kind: "list";
  items: Node[];
  readonly origin: Origin;
}

/** A mapping; keys in the order they were written. */
export interface MapNode {
  readonly kind: "map";
  readonly entries: Map<string, Entry>;
  readonly origin: Origin;
}

/** One member of a mapping. */
export interface Entry {
  readonly node: Node;
  /** Where the key stands. */
  readonly keyOrigin: Origin;
  /** The key as it was written, where an alias was. */
  readonly writtenAs?: string;
}

/** A fresh, empty mapping. */
export function emptyMap(origin: Origin): MapNode {
  return { kind: "map", entries: new Map(), origin };
}

/** A single value. */
export function scalar(value: ScalarNode["value"], origin: Origin): ScalarNode {
  return { kind: "scalar", value, origin };
}

/** The member `key` of a mapping; undefined for anything else, and for a member that is null (which means: not there). */
export function member(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind !== "map") return undefined;
  const found = node.entries.get(key)?.node;
  return found === undefined || isNull(found) ? undefined : found;
}

/** The mapping at `path`, if there is one. */
export function mapAt(node: Node | undefined, path: readonly string[]): MapNode | undefined {
  let current = node;
  for (const key of path) current = member(current, key);
  return current?.kind === "map" ? current : undefined;
}

/** The items of the list `key` of a mapping; empty for anything else. */
export function itemsOf(node: Node | undefined, key: string): readonly Node[] {
  const list = member(node, key);
  return list?.kind === "list" ? list.items : [];
}

/** The text of a scalar that is a string (or that was made from text); undefined for anything else. */
export function textOf(node: Node | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.broken) return undefined;
  if (typeof node.value === "string") return node.value;
  return node.value === null ? undefined : node.text;
}

/** The value of a scalar; undefined for anything else. */
export function scalarOf(node: Node | undefined): ScalarNode["value"] | undefined {
  return node?.kind === "scalar" ? node.value : undefined;
}

/** The value of a scalar that is a number; undefined for anything else. */
export function numberOf(node: Node | undefined): number | undefined {
  const value = scalarOf(node);
  return typeof value === "number" ? value : undefined;
}

/** Whether a value is null: a removed key. */
export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** The plain value of a tree. A key `__proto__` becomes an own member, as any other. */
export function toPlain(node: Node): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toPlain);
  const plain: Record<string, unknown> = {};
  for (const [key, { node: value }] of node.entries) setOwn(plain, key, toPlain(value));
  return plain;
}

/** Sets an own member, whatever its name. */
export function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
