import { applyEdits, type SourceEdit } from "../lib/edits/edits.ts";
import { MemberEditor } from "../lib/edits/members.ts";
import { GatewayError } from "../lib/errors.ts";
import { isObject, type JsonObject, type Parsed } from "../lib/json/json.ts";
import { rootElements, type Span } from "../lib/json/scan.ts";

/**
 * The source of an embeddings answer with one vector per input, each at the place of its input and with its number: who
 * reads them takes one or the other for granted, and would attach a vector to the wrong text. Rows out of order are put
 * in order, rows that all have one number, none, or count from elsewhere are numbered as they stand. Throws
 * `upstream_invalid_answer` where vectors are missing, too many, or numbered twice.
 */
export function rowsInOrder(answer: Parsed, { value: request }: Parsed): string {
  const { data } = answer.value;
  const inputs = inputsOf(request);
  if (!Array.isArray(data) || !data.every(isObject)) return answer.source;
  if (inputs !== null && data.length !== inputs) throw unusable(`it has ${data.length} vectors for ${inputs} inputs`);
  if (data.some(({ embedding }) => embedding == null)) throw unusable("one of its rows has no vector");
  const numbers = data.map(({ index }) => index ?? null);
  if (numbers.every((number, place) => number === place)) return answer.source;
  const spans = rootElements(answer.source, "data");
  return applyEdits(
    answer.source,
    isOrder(numbers) ? sorted(answer, spans, numbers) : numbered(answer, spans, numbers),
  );
}

/** How many vectors a request asks for; null: it cannot be told. */
function inputsOf({ input }: JsonObject): number | null {
  if (typeof input === "string") return 1;
  if (!Array.isArray(input) || input.length === 0) return null;
  return typeof input[0] === "number" ? 1 : input.length;
}

/** Whether every place is named once. */
function isOrder(numbers: readonly unknown[]): numbers is readonly number[] {
  const places = new Set(numbers);
  return places.size === numbers.length && numbers.every((_, place) => places.has(place));
}

function sorted({ source }: Parsed, spans: readonly Span[], numbers: readonly number[]): SourceEdit[] {
  return spans.map(({ start, end }, place) => {
    const { start: from, end: to } = spans[numbers.indexOf(place)]!;
    return { start, end, text: source.slice(from, to) };
  });
}

function numbered({ source }: Parsed, spans: readonly Span[], numbers: readonly unknown[]): SourceEdit[] {
  const same = numbers.every((number) => number === numbers[0]);
  const rising = numbers.every((number, place) => place === 0 || Number(number) > Number(numbers[place - 1]));
  if (!same && !rising) throw unusable("its vectors are numbered twice, or not from 0 on");
  return spans.flatMap(({ start }, place) => {
    const editor = new MemberEditor(source, start);
    editor.set("index", String(place));
    return [...editor.edits()];
  });
}

function unusable(reason: string): GatewayError {
  return new GatewayError("upstream_invalid_answer", `The upstream's answer could not be used: ${reason}`);
}
