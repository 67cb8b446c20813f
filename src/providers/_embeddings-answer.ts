import { applyEdits, type SourceEdit } from "../lib/edits/edits.ts";
import { MemberEditor } from "../lib/edits/members.ts";
import { isObject, type JsonObject, type Parsed } from "../lib/json/json.ts";
import { findMember, rootElements } from "../lib/json/scan.ts";
import { rowsInOrder } from "./_embeddings-rows.ts";
import { decodeText } from "./_text-answer.ts";
import type { Codec } from "./provider.ts";

/**
 * Embeddings in the form that was asked for. OpenAI's clients ask for `base64` (little-endian float32) unless told
 * otherwise and would decode a list of numbers into nonsense; an upstream that knows only one of the two forms is
 * translated. Integer and binary outputs (`output_dtype`) are left as they are. Mistral's clients demand an `id` and a
 * count of completion tokens, which OpenAI does not give.
 */
export const decodeEmbeddings: Codec["decode"] = (answer, request, dialect = "openai") => {
  decodeText(answer, request);
  const ordered = rowsInOrder(answer, request);
  const rows = ordered === answer.source ? answer : { source: ordered, value: JSON.parse(ordered) as JsonObject };
  const source = vectorsAsAsked(rows, request);
  return dialect === "openai" ? source : completed(source, answer.value);
};

function completed(source: string, { id, usage }: JsonObject): string {
  const editor = new MemberEditor(source);
  if (typeof id !== "string") editor.set("id", JSON.stringify(crypto.randomUUID()));
  if (isObject(usage) && usage["completion_tokens"] == null) {
    editor.set("usage", JSON.stringify({ ...usage, completion_tokens: 0 }));
  }
  return applyEdits(source, editor.edits());
}

function vectorsAsAsked(answer: Parsed, request: Parsed): string {
  const { data } = answer.value;
  const type = request.value["output_dtype"] ?? "float";
  if (!Array.isArray(data) || type !== "float") return answer.source;
  const wantsText = request.value["encoding_format"] === "base64";
  if (data.every((row) => !isObject(row) || !isOtherForm(row["embedding"], wantsText))) return answer.source;
  return applyEdits(answer.source, vectorEdits(answer, wantsText));
}

function isOtherForm(embedding: unknown, wantsText: boolean): boolean {
  return wantsText ? isVector(embedding) : typeof embedding === "string";
}

function isVector(embedding: unknown): embedding is number[] {
  return Array.isArray(embedding) && embedding.every((value) => typeof value === "number");
}

function vectorEdits(answer: Parsed, wantsText: boolean): SourceEdit[] {
  const { source } = answer;
  const rows = rootElements(source, "data");
  const edits: SourceEdit[] = [];
  for (const row of rows) {
    if (source[row.start] !== "{") continue;
    const member = findMember(source, row.start, "embedding");
    if (member === null) continue;
    const value: unknown = JSON.parse(source.slice(member.start, member.end));
    const text = wantsText ? textOf(value) : numbersOf(value);
    if (text !== null) edits.push({ start: member.start, end: member.end, text });
  }
  return edits;
}

function textOf(value: unknown): string | null {
  return isVector(value) ? `"${floatsToBase64(value)}"` : null;
}

function numbersOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const bytes = Buffer.from(value, "base64");
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  const numbers = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  return numbers.every(Number.isFinite) ? JSON.stringify(numbers) : null;
}

/** Base64 of little-endian float32, as OpenAI sends `encoding_format: "base64"`. */
export function floatsToBase64(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
