import { isObject, type JsonObject } from "../../lib/json/json.ts";

/** What an upstream's error body says, whatever its shape; null where it does not say. */
export interface ErrorFacts {
  readonly message: string | null;
  readonly type: string | null;
  readonly code: string | null;
  /** The request field at fault, as a dotted path without `body`. */
  readonly param: string | null;
  /** A status the body itself names: the only one there is for an error inside a 200 or a stream. */
  readonly status: number | null;
}

/** Longer bodies are not parsed: no vendor's error is near it, and what is shown is cut far below it. */
const PARSE_LIMIT = 256 * 1024;
/** UTF-16 units of a vendor's message that are passed on. */
const MESSAGE_LIMIT = 2000;
/** A body that is neither JSON nor HTML is quoted only when it is this short. */
const TEXT_LIMIT = 300;
/** Bodies quote bodies (`metadata.raw`, a message that is JSON); deeper than this nobody goes. */
const MAX_DEPTH = 8;

const NOTHING: ErrorFacts = { message: null, type: null, code: null, param: null, status: null };

/**
 * Reads an error body. Understood: OpenAI's `error` object, `error` as text (Ollama),
 * `object: "error"` with a text, object or list as `message` (Mistral, older vLLM), `detail` as text or FastAPI list, a
 * bare `message` (Kong), a list of one of these (Google). Plain text is its own message; HTML says nothing.
 */
export function readErrorBody(body: string): ErrorFacts {
  if (body.length <= PARSE_LIMIT) {
    try {
      return readErrorValue(JSON.parse(body));
    } catch {
      // not JSON: read as text below
    }
  }
  const text = body.slice(0, TEXT_LIMIT + 1).trim();
  const quotable = text !== "" && text.length <= TEXT_LIMIT && !/^[<{[]/.test(text);
  return quotable ? { ...NOTHING, message: text } : NOTHING;
}

/** The same of a value that is already parsed. Never throws. */
export function readErrorValue(value: unknown, depth = 0): ErrorFacts {
  if (depth > MAX_DEPTH) return NOTHING;
  if (typeof value === "string") return readText(value, depth);
  if (Array.isArray(value)) return isDetailList(value) ? readDetails(value) : readErrorValue(value[0], depth + 1);
  if (!isObject(value)) return NOTHING;
  const inner = innerFacts(value, depth);
  return {
    message: inner.message,
    type: inner.type ?? text(value["type"]),
    code: inner.code ?? text(value["code"]),
    param: inner.param ?? text(value["param"]),
    status: inner.status ?? statusOf(value),
  };
}

function innerFacts(value: JsonObject, depth: number): ErrorFacts {
  const metadata = value["metadata"];
  if (isObject(metadata) && metadata["raw"] !== undefined) {
    const raw = readErrorValue(metadata["raw"], depth + 1);
    if (raw.message !== null) return raw;
  }
  for (const key of ["error", "detail", "message", "errors", "msg"]) {
    const found = value[key];
    if (found === undefined || found === null || found === "") continue;
    const facts = readErrorValue(found, depth + 1);
    if (facts.message !== null || (key === "error" && isObject(found))) return facts;
  }
  return NOTHING;
}

function readText(value: string, depth: number): ErrorFacts {
  // Mistral's proxy and OpenRouter put a whole JSON body into a string
  if (/^\s*[{[]/.test(value) && value.length <= PARSE_LIMIT) {
    try {
      const facts = readErrorValue(JSON.parse(value), depth + 1);
      if (facts.message !== null) return facts;
    } catch {
      // a text that only looks like JSON
    }
  }
  return value.trim() === "" ? NOTHING : { ...NOTHING, message: cut(value.trim()) };
}

function isDetailList(list: readonly unknown[]): boolean {
  return list.some((entry) => isObject(entry) && typeof entry["msg"] === "string");
}

/** FastAPI's list. `input` is left out: it quotes the request. */
function readDetails(list: readonly unknown[]): ErrorFacts {
  const entries = list.filter(isObject).map((entry) => ({ at: location(entry["loc"]), msg: text(entry["msg"]) ?? "" }));
  const message = entries.map(({ at, msg }) => (at === null ? msg : `${at}: ${msg}`)).join("; ");
  return { ...NOTHING, message: cut(message), param: entries.find(({ at }) => at !== null)?.at ?? null };
}

function location(loc: unknown): string | null {
  if (!Array.isArray(loc)) return null;
  const steps = loc[0] === "body" ? loc.slice(1) : loc;
  return steps.length === 0 ? null : cut(steps.map(String).join("."));
}

/** A status among the members vendors use for it: 400 to 599, as a number or in digits. */
function statusOf(value: JsonObject): number | null {
  for (const key of ["raw_status_code", "status_code", "status", "code"]) {
    const status = Number(value[key] ?? Number.NaN);
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  return null;
}

function text(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : cut(value);
  return typeof value === "number" ? String(value) : null;
}

function cut(value: string): string {
  return value.length <= MESSAGE_LIMIT ? value : `${value.slice(0, MESSAGE_LIMIT).toWellFormed()}…`;
}
