import type { PlaceRule, TextKind } from "../../schema/place-rule.ts";
import type { JsonObject, JsonPath } from "../json/json.ts";
import { DATA_URL, fileText } from "./file-text.ts";
import type { PlaceNode } from "./tree.ts";

/** The way down to a value, linked upwards: a place deep in a hostile body costs one link, not a copy of the way. */
export interface Trail {
  readonly up: Trail | null;
  readonly step: string | number;
}

/** The way as a path from the root. */
export function pathOf(trail: Trail | null): JsonPath {
  const path: (string | number)[] = [];
  for (let at = trail; at !== null; at = at.up) path.push(at.step);
  return path.reverse();
}

/** A text as the walk meets it. */
export interface Found {
  readonly trail: Trail;
  readonly kind: TextKind;
  readonly text: string;
  readonly role: string | null;
  /** The text is the name of the member that the trail leads to. */
  readonly isKey: boolean;
  /** The text is that of a file in base64, which stands there. */
  readonly isFile?: boolean;
}

/** What a walk starts from. */
export interface Walk {
  /** Rules; null: everything is `otherwise`. */
  readonly tree: PlaceNode | null;
  readonly otherwise: PlaceRule;
  /** The role of a message that names none. */
  readonly role: string | null;
  /** Whether names of members are texts, too, where anybody may choose them and one is more than a word. */
  readonly withKeys: boolean;
  /** Whether files in base64 that are text are read. */
  readonly withFiles: boolean;
}

interface Frame {
  readonly container: JsonObject | readonly unknown[];
  /** Null for arrays. */
  readonly keys: readonly string[] | null;
  at: number;
  readonly node: PlaceNode | null;
  readonly deep: PlaceRule;
  readonly role: string | null;
  readonly trail: Trail | null;
}

/**
 * Gives every text in `value` to `emit`, in the order of the members. Iterative, so that depth costs no stack. Stops and
 * returns false as soon as `emit` does.
 */
export function walkTexts(walk: Walk, value: object, emit: (found: Found) => boolean): boolean {
  return walkOn(walkBegun(walk, value), emit, Number.POSITIVE_INFINITY);
}

/** A walk on its way. */
export interface Walking {
  readonly walk: Walk;
  /** Empty: it is over. */
  readonly stack: Frame[];
}

/** A walk that goes on with {@link walkOn}. */
export function walkBegun(walk: Walk, value: object): Walking {
  return { walk, stack: [frameFor(walk, { value, node: walk.tree, deep: walk.otherwise, role: null, trail: null })] };
}

/** Goes on over so many values at most; returns false as soon as `emit` does, and can go on behind that. */
export function walkOn({ walk, stack }: Walking, emit: (found: Found) => boolean, most: number): boolean {
  let left = most;
  for (let frame = stack.at(-1); frame !== undefined && left > 0; frame = stack.at(-1)) {
    left--;
    const { container, keys } = frame;
    if (frame.at === (keys ?? (container as readonly unknown[])).length) {
      stack.pop();
      continue;
    }
    const step = keys === null ? frame.at : keys[frame.at]!;
    frame.at++;
    const value = (container as Record<string | number, unknown>)[step];
    const node = nodeAt(frame.node, step);
    if (node === null && walk.withKeys && typeof step === "string" && mayBeText(step, frame.deep)) {
      const kind = keyKind(frame.deep);
      const trail = { up: frame.trail, step };
      if (kind !== null && !emit({ trail, kind, text: step, role: frame.role, isKey: true })) return false;
    }
    if (typeof value === "object" && value !== null) {
      const trail = { up: frame.trail, step };
      stack.push(frameFor(walk, { value, node, deep: node?.deep ?? frame.deep, role: frame.role, trail }));
      continue;
    }
    const rule = node?.rule ?? node?.deep ?? frame.deep;
    const text = typeof value === "string" ? value : numberText(value, rule);
    const { role } = frame;
    const trail = { up: frame.trail, step };
    const file = walk.withFiles && mayBeFile(rule, text) ? fileText(text) : null;
    if (file !== null) {
      const kind = resultKind("content", role);
      if (!emit({ trail, kind, text: file.text, role, isKey: false, isFile: true })) return false;
      continue;
    }
    const kind = text === "" || isTypeName(step, text, rule) ? null : kindOf(rule, text);
    if (kind === null) continue;
    if (!emit({ trail, kind: resultKind(kind, role), text, role, isKey: false })) return false;
  }
  return true;
}

interface Entered {
  readonly value: object;
  readonly node: PlaceNode | null;
  readonly deep: PlaceRule;
  readonly role: string | null;
  readonly trail: Trail | null;
}

function frameFor(walk: Walk, { value, node, deep, role, trail }: Entered): Frame {
  if (Array.isArray(value)) return { container: value, keys: null, at: 0, node, deep, role, trail };
  const container = value as JsonObject;
  const own = container["role"];
  const inMessage = node?.members.has("role") === true;
  const spoken = inMessage ? (typeof own === "string" ? own : walk.role) : role;
  return { container, keys: Object.keys(container), at: 0, node, deep, role: spoken, trail };
}

function nodeAt(node: PlaceNode | null, step: string | number): PlaceNode | null {
  if (node === null) return null;
  return typeof step === "number" ? node.item : (node.members.get(step) ?? node.any);
}

/** Letters, digits and the marks that names and ids are made of: no blank, so no sentence. */
const WORD = /^[\w.:/+-]{1,128}$/;

/** The kind a string is read as under a rule; null: not at all. */
function kindOf(rule: PlaceRule, text: string): TextKind | null {
  switch (rule.is) {
    case "text":
      return rule.kind;
    case "url":
      // without base64 it is text, percent-encoded or as it is
      return DATA_URL.test(text) ? null : "other";
    case "word":
      return WORD.test(text) ? null : "other";
    case "bytes":
      return text.includes(" ") ? "other" : null;
    case "data":
      return null;
  }
}

/** Whether a file in base64 may stand here, as far as that can be told for nothing. */
function mayBeFile(rule: PlaceRule, text: string): boolean {
  if (rule.is === "bytes") return true;
  return (rule.is === "url" || (rule.is === "text" && rule.kind === "other")) && DATA_URL.test(text);
}

/** The names of properties and fields; longer ones, and those with a blank, an `@` or a bracket, may say something. */
const NAME = /^[\w.:/+$-]{0,64}$/;
/** As many digits as a number of somebody has: a telephone, a card, an account. */
const LONG_FIGURE = /(?:\d[.:/+-]?){7}/;

/** Whether a name may say something; in arguments of calls, which are data, every one may. */
function mayBeText(name: string, rule: PlaceRule): boolean {
  if (!NAME.test(name) || LONG_FIGURE.test(name)) return true;
  return rule.is === "text" && rule.kind === "arguments";
}

/** What a name is read as below a rule; null: not at all. Arguments in an object are no JSON of their own. */
function keyKind(rule: PlaceRule): TextKind | null {
  if (rule.is !== "text") return null;
  return rule.kind === "arguments" ? "other" : rule.kind;
}

/** A tool's answer is content of a message that a tool "says". */
function resultKind(kind: TextKind, role: string | null): TextKind {
  return kind === "content" && (role === "tool" || role === "function") ? "tool_result" : kind;
}

/** Arguments may hold a card or a phone number as a JSON number; shorter ones are counts and flags. */
const LONG_NUMBER = 5;

function numberText(value: unknown, rule: PlaceRule): string {
  if (typeof value !== "number" || rule.is !== "text" || rule.kind !== "arguments") return "";
  const text = String(value);
  return text.length >= LONG_NUMBER ? text : "";
}

const TYPE_NAMES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

/** `"type": "string"` stands once per property of a JSON Schema and says nothing. */
function isTypeName(step: string | number, text: string, rule: PlaceRule): boolean {
  if (step !== "type" || rule.is !== "text") return false;
  return (rule.kind === "tool_description" || rule.kind === "schema") && TYPE_NAMES.has(text);
}
