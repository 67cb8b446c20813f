import { HOUR_MS } from "../lib/durations.ts";
import { GatewayError } from "../lib/errors.ts";
import { retryAfterMs } from "../lib/retry-after.ts";
import type { GridQuery, GridServices } from "./source.ts";

/** What is asked of a service. */
export interface GridRequest {
  /** Who is asked, for messages. */
  readonly source: string;
  /** Below the base URL, with the slash. */
  readonly path: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds that must lie between two requests to this host; 0 if absent. */
  readonly spacingMs?: number;
}

/** JSON is parsed in one go: of more than this the loop would notice. */
const MAX_JSON_BYTES = 2_097_152;
/** How long a service may ask us to stay away. */
const MAX_RETRY_AFTER_MS = HOUR_MS;

/** An answer as it comes in: text piece by piece. */
export interface GridAnswer {
  /** Rejects with GatewayError where it is cut, late, or longer than `maxBytes`. */
  pieces(maxBytes: number): AsyncIterable<string>;
  /** Why this status is none to work with; null: it is 2xx. */
  readonly refusal: GatewayError | null;
}

/**
 * Sends a request. Rejects with GatewayError where no answer came. Neither messages nor causes hold the address: what
 * `fetch` throws names it, and a key may stand in it.
 */
export async function ask(request: GridRequest, query: GridQuery, services: GridServices): Promise<GridAnswer> {
  const url = new URL(`${query.baseUrl}${request.path}`);
  for (const [name, value] of Object.entries(request.search ?? {})) url.searchParams.set(name, value);
  const { host } = url;
  await services.pace(host, request.spacingMs ?? 0);
  const who = `${request.source} at ${host}`;
  const signal = AbortSignal.any([services.signal, AbortSignal.timeout(services.timeoutMs)]);
  let response: Response;
  try {
    response = await services.fetch(url, {
      headers: { accept: "*/*", ...request.headers },
      signal,
      // a key goes where it was meant to go
      redirect: query.key === null ? "follow" : "manual",
    });
  } catch (thrown) {
    throw lost(thrown, who, services.timeoutMs);
  }
  return {
    refusal: response.ok ? null : refusalOf(response, who, services.clock.now()),
    pieces: (maxBytes) => piecesOf(response, { who, maxBytes, timeoutMs: services.timeoutMs }),
  };
}

/** The JSON value of an answer. Rejects with GatewayError for any status but 2xx, too long an answer, and what is no JSON. */
export async function askJson(request: GridRequest, query: GridQuery, services: GridServices): Promise<unknown> {
  const answer = await ask(request, query, services);
  if (answer.refusal !== null) {
    await dropped(answer);
    throw answer.refusal;
  }
  let text = "";
  for await (const piece of answer.pieces(MAX_JSON_BYTES)) text += piece;
  try {
    return JSON.parse(text);
  } catch {
    throw garbage(request.source, "its answer is no JSON");
  }
}

/** Reads a little of what nobody wants, so that the connection can be used again. */
async function dropped(answer: GridAnswer): Promise<void> {
  try {
    for await (const _ of answer.pieces(65_536));
  } catch {
    // it was not wanted
  }
}

/** An answer that cannot be read as what the source promises. */
export function garbage(source: string, why: string): GatewayError {
  return new GatewayError("upstream_invalid_answer", `${source}: ${why}`);
}

async function* piecesOf(
  response: Response,
  { who, maxBytes, timeoutMs }: { who: string; maxBytes: number; timeoutMs: number },
): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      if (bytes > maxBytes)
        throw new GatewayError("upstream_invalid_answer", `${who} answered with more than ${maxBytes} bytes`);
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : lost(thrown, who, timeoutMs);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function lost(thrown: unknown, who: string, timeoutMs: number): GatewayError {
  const { name, code } = thrown as { name?: string; code?: unknown };
  if (name === "TimeoutError")
    return new GatewayError("upstream_timeout", `${who} did not answer within ${timeoutMs / 1000} s`);
  if (name === "AbortError") return new GatewayError("upstream_failed", `${who} was not asked to the end`);
  const why = typeof code === "string" && /^[A-Za-z_]{1,60}$/.test(code) ? ` (${code})` : "";
  return new GatewayError("upstream_failed", `${who} cannot be reached${why}`);
}

function refusalOf({ status, headers }: Response, who: string, nowMs: number): GatewayError {
  if (status === 401 || status === 403)
    return new GatewayError(
      "upstream_auth_failed",
      `${who} answered ${status}: it does not accept the key, or wants one`,
    );
  if (status === 429) {
    const askedMs = retryAfterMs(headers, nowMs);
    const waitMs = askedMs === undefined ? undefined : Math.min(askedMs, MAX_RETRY_AFTER_MS);
    const message = `${who} answered 429: too many requests`;
    return new GatewayError("upstream_rate_limited", message, { retryAfterMs: waitMs });
  }
  if (status >= 300 && status < 400)
    return new GatewayError("upstream_failed", `${who} answered ${status}: the key is not sent on to another address`);
  return new GatewayError("upstream_failed", `${who} answered ${status}`);
}
