import { applyEdits } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import type { GatewayError } from "../../lib/errors.ts";
import { isObject, type Parsed } from "../../lib/json/json.ts";
import type { TargetLive } from "../targets/target.ts";
import type { Asked } from "./asked.ts";

/** Words of a request that some upstreams refuse, and whether they go along. */
export interface Sent {
  /** `stream_options`, by which usage is asked for. */
  readonly usage: boolean;
  /** `encoding_format`: OpenAI's clients ask for base64 by themselves, and answers are brought into that form here. */
  readonly format: boolean;
}

/** An answer that is not 2xx, as it was read. */
interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly error: GatewayError;
}

/** A second try with less in it, and what to remember of the target once it has succeeded. */
interface Less {
  readonly sent: Sent;
  readonly remember: keyof Pick<TargetLive, "refusesStreamOptions" | "refusesEncodingFormat"> | null;
}

/** What to leave out of a second try; null where the refusal is about nothing that can be left out. */
export function withoutRefused(asked: Asked, sent: Sent, refusal: Refusal): Less | null {
  if (sent.usage && names(refusal, "stream_options")) {
    const remember = onlyOurs(asked.parsed.value["stream_options"]) ? "refusesStreamOptions" : null;
    return { sent: { ...sent, usage: false }, remember };
  }
  if (sent.format && asksFormat(asked) && (names(refusal, "encoding_format") || names(refusal, "base64"))) {
    return { sent: { ...sent, format: false }, remember: "refusesEncodingFormat" };
  }
  return null;
}

/** The request without `encoding_format`, so that the upstream answers with numbers; the same where it asks for neither. */
export function withoutFormat(asked: Asked): Parsed {
  if (!asksFormat(asked)) return asked.parsed;
  const editor = new MemberEditor(asked.parsed.source);
  editor.remove("encoding_format");
  const { encoding_format: _, ...value } = asked.parsed.value;
  return { source: applyEdits(asked.parsed.source, editor.edits()), value };
}

/** Whether it asks for vectors in one of the two forms that are turned into each other. */
function asksFormat({ endpoint, parsed: { value } }: Asked): boolean {
  if (endpoint !== "embeddings" || (value["output_dtype"] ?? "float") !== "float") return false;
  return value["encoding_format"] === "base64" || value["encoding_format"] === "float";
}

/** Whether a refusal may be about that word. FastAPI quotes the whole request as `input` of whatever was wrong. */
function names({ error: { message, details }, body, status }: Refusal, word: string): boolean {
  if ((status !== 400 && status !== 422) || !body.includes(word)) return false;
  return !body.includes('"input"') || `${message} ${details.param ?? ""}`.includes(word);
}

/** Whether nothing of the caller's went along in `stream_options` but what we ask for ourselves. */
function onlyOurs(options: unknown): boolean {
  return !isObject(options) || Object.keys(options).every((key) => key === "include_usage");
}
