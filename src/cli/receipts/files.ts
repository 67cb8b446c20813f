import { type CommittedChoice, CommittedStream, choicesOfAnswer } from "../../carbon/commitment.ts";
import { isObject, type JsonObject, parsedJson } from "../../lib/json/json.ts";
import { findKeyConflict } from "../../lib/json/keys.ts";

/** One receipt that was found in a file, and what stood around it. */
export interface FoundReceipt {
  /** `FILE`, or `FILE:LINE`. */
  readonly where: string;
  readonly block: JsonObject;
  /** What the answer around it says; undefined: there was none. */
  readonly choices?: readonly CommittedChoice[];
  readonly trace?: unknown;
  /** A member that is said twice, so that readers may differ; null: there is none. */
  readonly twice: string | null;
}

/** A text that holds no receipt, and why; `unreadable`: it may have been one. */
export interface Without {
  readonly where: string;
  readonly why: string;
  readonly unreadable: boolean;
}

/** What a file came to. */
export interface FoundInFile {
  readonly receipts: readonly FoundReceipt[];
  /** Texts that hold no receipt, each with why. */
  readonly without: readonly Without[];
}

/**
 * Reads receipts from a text: one block, a whole answer, the event stream of an answer, a row of an export, a set of
 * blocks, or lines of any of these.
 */
export function receiptsIn(text: string, where: string): FoundInFile {
  const whole = parsedJson(text);
  if (whole !== undefined) return merged(listed(whole).map((value) => found(value, { where, source: text })));
  if (/^data:/m.test(text)) return ofStream(text, where);
  const lines = text.split("\n").map((line, at) => ({ line: line.trim(), where: `${where}:${at + 1}` }));
  return merged(
    lines
      .filter(({ line }) => line !== "")
      .map(({ line, where: place }) => {
        const value = parsedJson(line);
        if (value === undefined) return none(place, "it is no JSON", true);
        return merged(listed(value).map((each) => found(each, { where: place, source: line })));
      }),
  );
}

/** The choices of an answer in a file: JSON, or an event stream; null: it is neither. */
export function answerIn(text: string): readonly CommittedChoice[] | null {
  const whole = parsedJson(text);
  if (whole !== undefined) return isObject(whole) ? choicesOfAnswer(whole) : null;
  if (!/^data:/m.test(text)) return null;
  const stream = new CommittedStream();
  for (const chunk of chunksOf(text)) stream.add(chunk);
  return stream.choices();
}

/** An answer's `vetted`, a kept row's `receipt`, a ledger row that names one, or the block itself. */
function found(value: unknown, { where, source }: { where: string; source: string }): FoundInFile {
  if (!isObject(value)) return none(where, "it is no JSON object");
  const conflict = findKeyConflict(source);
  const twice = conflict !== null && conflict.first === conflict.second ? conflict.first : null;
  if (typeof value["jws"] === "string") return one({ where, block: value, twice });
  if (isObject(value["receipt"])) return one({ where, block: value["receipt"], twice });
  const block = value["vetted"];
  if (isObject(block)) {
    const trace = value["routing_trace"];
    const told = trace === undefined ? {} : { trace };
    const isWhole = Array.isArray(value["choices"]) && value["object"] !== "chat.completion.chunk";
    return one({ where, block, twice, ...told, ...(isWhole ? { choices: choicesOfAnswer(value) } : {}) });
  }
  if (block === null) return none(where, `the answer has none: ${String(value["vetted_error"] ?? "no reason given")}`);
  return none(where, "there is no receipt in it");
}

function ofStream(text: string, where: string): FoundInFile {
  const chunks = chunksOf(text);
  const last = chunks.findLast((chunk) => chunk["vetted"] !== undefined);
  if (last === undefined) return none(where, "no chunk of the stream carries a receipt");
  const { receipts, without } = found(last, { where, source: JSON.stringify(last) });
  const choices = answerIn(text) ?? [];
  return { receipts: receipts.map((receipt) => ({ ...receipt, choices })), without };
}

function chunksOf(text: string): readonly JsonObject[] {
  const chunks: JsonObject[] = [];
  for (const line of text.split(/\r?\n/)) {
    const value = line.startsWith("data:") ? parsedJson(line.slice("data:".length)) : undefined;
    if (isObject(value)) chunks.push(value);
  }
  return chunks;
}

/** Items of a list, else the value alone. */
function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function one(receipt: FoundReceipt): FoundInFile {
  return { receipts: [receipt], without: [] };
}

function none(where: string, why: string, unreadable = false): FoundInFile {
  return { receipts: [], without: [{ where, why, unreadable }] };
}

function merged(files: readonly FoundInFile[]): FoundInFile {
  return {
    receipts: files.flatMap(({ receipts }) => receipts),
    without: files.flatMap(({ without }) => without),
  };
}
