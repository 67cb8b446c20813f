import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type JsonPath, showPath } from "../../lib/json/json.ts";
import { policyNamed } from "../../policies/_named.ts";
import { ConfigSchema } from "../config.ts";
import { type MapNode, mapAt, member, type Node, textOf, toPlain } from "../layers/tree.ts";
import {
  carbonSourcesOf,
  consumersOf,
  type FoundMap,
  find,
  foundIn,
  groupsOf,
  type Inspection,
  numberAt,
  reportAt,
  reportKey,
  targetsOf,
} from "./inspection.ts";

/** Settings that contradict each other, and values that this version cannot enforce: all E007, but for a bad port. */
export function checkContradictions(inspection: Inspection): void {
  checkBackoff(inspection);
  checkListen(inspection);
  checkPolicyBlocks(inspection);
  checkSecondAnswers(inspection);
  checkProbes(inspection);
  checkNotServedValues(inspection);
}

function checkBackoff(inspection: Inspection): void {
  const first = find(inspection.root, "providers", "retry", "initial_backoff_ms");
  const most = find(inspection.root, "providers", "retry", "max_backoff_ms");
  const low = numberAt(inspection.root, "providers", "retry", "initial_backoff_ms");
  const high = numberAt(inspection.root, "providers", "retry", "max_backoff_ms");
  const spot = most ?? first;
  if (spot === undefined || low <= high) return;
  const message = `providers.retry.initial_backoff_ms (${low}) must not be above max_backoff_ms (${high})`;
  reportAt(inspection, "E007", { ...spot, message });
}

function checkListen(inspection: Inspection): void {
  const listen = find(inspection.root, "server", "listen");
  const port = /:([0-9]{1,5})$/.exec(textOf(listen?.node) ?? "")?.[1];
  if (listen === undefined || port === undefined || Number(port) <= 65_535) return;
  const message = `server.listen must name a port from 0 to 65535, not ${port}`;
  reportAt(inspection, "E005", { ...listen, message });
}

/** A probe that asks for a token goes to the place of its endpoint: a path beside it would mean nothing. */
function checkProbes(inspection: Inspection): void {
  for (const { node, path } of targetsOf(inspection.root)) {
    const probe = member(node, "health_probe");
    if (probe?.kind !== "map" || textOf(member(probe, "kind")) !== "completion" || !probe.entries.has("path")) continue;
    const says = "has no meaning beside kind: completion, which asks for a chat completion: remove one";
    reportKey(inspection, "E007", { node: probe, path: [...path, "health_probe"], key: "path", says });
  }
}

/** What a policy's module says of its own settings, as far as they have the right shape. */
function checkPolicyBlocks(inspection: Inspection): void {
  const schemas = ConfigSchema.properties.policy["properties"] as Readonly<Record<string, TSchema>>;
  for (const [kind, schema] of Object.entries(schemas)) {
    const block = mapAt(inspection.root, ["policy", kind]);
    const module = policyNamed(kind);
    if (block === undefined || module?.check === undefined) continue;
    const sound = soundSettings(schema, toPlain(withoutPrototypes(block)) as Record<string, unknown>);
    if (sound === undefined) continue;
    for (const { path, message, suggestion } of module.check(sound.options as never)) {
      if (path[0] !== undefined && sound.left.has(path[0])) continue;
      const { node, steps } = follow(block, path);
      const full = ["policy", kind, ...steps];
      const says = `${showPath(full)}: ${message}`;
      inspection.report({ code: "E007", at: node.origin, path: full, message: says, suggestion });
    }
  }
}

/** Without keys `__proto__`, which are refused already: to what fills in defaults they would be more than keys. */
function withoutPrototypes(node: Node): Node {
  if (node.kind === "list") return { ...node, items: node.items.map(withoutPrototypes) };
  if (node.kind !== "map") return node;
  const kept = [...node.entries].filter(([key]) => key !== "__proto__");
  return {
    ...node,
    entries: new Map(kept.map(([key, entry]) => [key, { ...entry, node: withoutPrototypes(entry.node) }])),
  };
}

/**
 * The settings with the defaults of those left out, which are the ones of the wrong shape: one slip does not hide what
 * else is wrong. Undefined where they are nothing without them.
 */
function soundSettings(schema: TSchema, given: Record<string, unknown>) {
  const options = Value.Default(schema, structuredClone(given));
  if (Value.Check(schema, options)) return { options, left: new Set<string>() };
  const properties = schema["properties"] as Readonly<Record<string, TSchema>>;
  const isSound = ([key, value]: [string, unknown]): boolean => {
    const of = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return of !== undefined && Value.Check(of, Value.Default(of, structuredClone(value)));
  };
  const sound = Object.entries(given).filter(isSound);
  const rest = Value.Default(schema, structuredClone(Object.fromEntries(sound)));
  const left = new Set(Object.keys(given).filter((key) => !sound.some(([kept]) => kept === key)));
  return Value.Check(schema, rest) ? { options: rest, left } : undefined;
}

/** Another target's answer can only be asked for where there is another target. */
function checkSecondAnswers(inspection: Inspection): void {
  const { root } = inspection;
  const action = find(root, "policy", "quality-scorer", "failure_action", "action");
  if (action === undefined || textOf(action.node) !== "retry") return;
  const isSingle = textOf(find(root, "providers", "strategy")?.node) === "single" && groupsOf(root).length === 0;
  if (targetsOf(root).length > 1 && !isSingle) return;
  const why = isSingle ? "providers.strategy is single" : "there is one target";
  const message = `retry cannot be enforced: it asks another target, and ${why}`;
  reportAt(inspection, "E007", { ...action, message });
}

/** The deepest value of a block that lies on the way, and the way as the document has it: places in lists are numbers. */
function follow(block: MapNode, path: readonly string[]): { readonly node: Node; readonly steps: JsonPath } {
  let node: Node = block;
  const steps = path.map((key) => {
    const step = node.kind === "list" ? Number(key) : key;
    node = (node.kind === "list" ? node.items[Number(key)] : member(node, key)) ?? node;
    return step;
  });
  return { node, steps };
}

/** Values that the documentation allows and this version does not act on; the rest of their block is served. */
function checkNotServedValues(inspection: Inspection): void {
  for (const ref of secretRefs(inspection.root)) {
    if (member(ref.node, "store") === undefined) continue;
    const says = "cannot be enforced: this version has no secret store; use env or file";
    reportKey(inspection, "E007", { ...ref, key: "store", says });
  }
}

/** Every reference to a secret in the document. */
export function secretRefs(root: MapNode): readonly FoundMap[] {
  const found = [
    find(root, "server", "admin_token_ref"),
    find(root, "telemetry", "metrics", "token_ref"),
    find(root, "telemetry", "otlp", "headers_ref"),
    find(root, "receipts", "key_ref"),
    ...foundIn(consumersOf(root), "key_ref"),
    ...foundIn([...targetsOf(root), ...carbonSourcesOf(root)], "secret_key_ref"),
  ];
  return found.flatMap((each) => (each?.node.kind === "map" ? [{ node: each.node, path: each.path }] : []));
}
