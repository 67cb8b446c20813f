import type { Config } from "../../config/config.ts";
import { ENDPOINT_PATHS, pathOf } from "../../lib/endpoint-paths.ts";
import type { RequestEvent } from "../../schema/event.ts";
import { replayKey } from "./config.ts";
import type { Past } from "./past.ts";

/** A request is not made longer than this: what it says is filling. */
const MOST_TOKENS = 200_000;

/** Endpoints whose answers are no text, so that nothing limits their length. */
const WORDLESS: ReadonlySet<string> = new Set(["embeddings", "moderations"]);

/** Refusals that come before a body is read, so that the model is not on record. */
const UNREAD: ReadonlySet<string> = new Set(["too_many_streams", "budget_exceeded", "overloaded", "gateway_disabled"]);

/** Why a request cannot be asked again at all: what was wrong with it is not in the ledger. Null: it can. */
export function notReplayable(event: RequestEvent, by: { past: Past; config: Config }): string | null {
  const { past, config } = by;
  const { outcome, model, consumer } = event;
  switch (outcome) {
    case "invalid_json":
    case "invalid_request":
    case "invalid_region":
    case "unsupported_media_type":
    case "request_too_large":
      return outcome;
    case "invalid_api_key":
    case "key_expired":
      return consumer === null ? outcome : null;
    case "rate_limited":
      // by a limit that stands in no record, for all that is known
      if (config.ip_rate_limit !== undefined || config.user_rate_limit !== undefined) return outcome;
      return past.model(event) === null ? outcome : null;
    default:
      return model !== null || (UNREAD.has(outcome) && past.model(event) !== null) ? null : outcome;
  }
}

/** The text of a request as it was kept, so that policies can look at it again; null: it was not. */
export function textOf({ content }: RequestEvent): string | null {
  return content?.form === "redacted" ? content.request : null;
}

/** How a request is asked again: with its text or filling of its length, or without any where it must not pass. */
export interface Asking {
  readonly past: Past;
  /** True: its body says nothing, so that limits see it and nobody is asked. */
  readonly held: boolean;
}

/** The request of an event, as far as the ledger knows it. */
export function requestOf(event: RequestEvent, { past, held }: Asking): Request {
  const { prompt, completion } = past.tokens(event);
  const text = textOf(event) ?? "word ".repeat(Math.max(1, Math.min(prompt, MOST_TOKENS))).trim();
  const body: Record<string, unknown> = { model: past.model(event), ...(held ? {} : inputOf(event.endpoint, text)) };
  if (event.stream) body["stream"] = true;
  if (event.asked_routing !== undefined) body["vetted"] = event.asked_routing;
  if (completion > 0 && !WORDLESS.has(event.endpoint)) body["max_tokens"] = completion;
  return new Request(`http://weir.internal${pathOf(event.endpoint) ?? ENDPOINT_PATHS.chat}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(event.consumer === null ? {} : { authorization: `Bearer ${replayKey(event.consumer)}` }),
    },
    body: JSON.stringify(body),
  });
}

function inputOf(endpoint: string, text: string): object {
  if (endpoint === "chat") return { messages: messagesOf(text) };
  const said = text.replace(/^[a-z_]+: /gm, "");
  return WORDLESS.has(endpoint) ? { input: said } : { prompt: said };
}

interface Message {
  readonly role: "system" | "user" | "assistant";
  content: string;
}

/** A line of a kept text that begins what somebody says (`requestText` of the policies). */
const SAYS = /^(system|developer|user|assistant|tool): /;

/** What a kept text says, by whom. Who only looks like the operator, in the middle of a text, is not taken for it. */
function messagesOf(text: string): readonly Message[] {
  const messages: Message[] = [];
  for (const line of text.split("\n")) {
    const [mark = "", who = ""] = SAYS.exec(line) ?? [];
    const isOperator = who === "system" || who === "developer";
    const last = messages.at(-1);
    if (last !== undefined && (who === "" || (isOperator && last.role !== "system"))) {
      last.content += `\n${line}`;
      continue;
    }
    const role = isOperator ? "system" : who === "assistant" ? "assistant" : "user";
    messages.push({ role, content: line.slice(mark.length) });
  }
  return messages;
}
