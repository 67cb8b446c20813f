import { pathOf } from "../../../lib/endpoint-paths.ts";
import type { EventRow } from "./model.ts";

const BODIES: Readonly<Record<string, object>> = {
  chat: { messages: [{ role: "user", content: "YOUR PROMPT" }] },
  completions: { prompt: "YOUR PROMPT" },
  fim: { prompt: "YOUR PREFIX", suffix: "YOUR SUFFIX" },
};

/** The key of whoever pastes it, out of their environment. */
const KEY_HEADER = '-H "Authorization: Bearer $WEIR_API_KEY"';

/** A command that asks for the same thing again. The ledger has no prompt, so that one is to be filled in. */
export function curlOf(event: EventRow, origin: string): string {
  const body = {
    model: event.model ?? "MODEL",
    ...(BODIES[event.endpoint] ?? { input: "YOUR INPUT" }),
    ...(event.stream ? { stream: true } : {}),
    ...routed(event),
  };
  const url = quoted(origin + (pathOf(event.endpoint) ?? `/v1/${event.endpoint}`));
  return curl(url, event.consumer !== null, JSON.stringify(body));
}

/** A first request for a model, to be pasted as it stands; `keyed`: callers show whose they are. */
export function firstCurl(model: string, origin: string, keyed: boolean): string {
  const body = `{"model": ${JSON.stringify(model)}, "messages": [{"role": "user", "content": "hello"}]}`;
  return curl(`${origin}${pathOf("chat")}`, keyed, body);
}

function curl(url: string, keyed: boolean, body: string): string {
  const headers = ["-H 'Content-Type: application/json'", ...(keyed ? [KEY_HEADER] : [])];
  return [`curl ${url}`, ...headers, `-d ${quoted(body)}`].join(" \\\n  ");
}

/** The command that tells the same of a request. Its id is whatever its caller sent. */
export function explainOf({ id, seq }: EventRow): string {
  return `weir explain --row ${seq} -- ${/^[\w.:-]+$/.test(id) ? id : quoted(id)}`;
}

/** How the caller had it routed, as far as the ledger knows. */
function routed({ routing_trace: trace }: EventRow): object {
  if (trace?.route_policy === "carbon_aware") return { vetted: { routing: "carbon_aware" } };
  const region = trace?.failover?.from_region ?? trace?.region ?? null;
  return trace?.route_policy === "pinned" && region !== null ? { vetted: { region } } : {};
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
