import type { Clock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Ticker } from "../../lib/ticker.ts";
import { ClientGone } from "../attempts/failure.ts";
import { type Arriving, arrivingBody, didNotArrive, SLOWEST } from "./arriving-body.ts";

/** JSON with any parameters, as long as a charset among them is UTF-8. */
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:$|;(?!.*charset)|;.*charset\s*=\s*"?utf-?8"?\s*(?:;|$))/i;

/** Bytes of a body from which on it is read piece by piece: below, that costs more than it can save. */
const LONG_BYTES = 65_536;

/** Sizes above which a request is not read. */
export interface ReadLimits {
  readonly max_body_bytes: number;
  readonly max_header_bytes?: number | undefined;
  readonly max_messages?: number | undefined;
}

/** What is asked of the sender of a body. */
export interface ReadRules {
  readonly limits: ReadLimits;
  /** Longest silence while a body comes in. */
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly ticker: Ticker;
}

/**
 * The bytes of a request's body. Throws `unsupported_media_type` for what is not plain JSON, `request_too_large` for too
 * large a head or body, as soon as its length is known, from the header or by counting, and `invalid_request` (408) for a
 * body that does not come; {@link ClientGone} where the connection ended first (the client left, or broke the framing).
 * `lift` lifts the socket's limit on silence, which takes a body that comes slowly for none; `keep` hears of the bytes
 * of a long body before they are kept, with the first of them of all that are announced, and throws where there is no room
 * for them.
 */
export function readBody(
  request: Request,
  { limits, ...rules }: ReadRules,
  { lift, keep }: { readonly lift?: (() => void) | undefined; readonly keep?: (bytes: number) => void } = {},
): Promise<Uint8Array> {
  const { headers } = request;
  const { max_body_bytes: maxBytes, max_header_bytes: maxHeaderBytes } = limits;
  if (maxHeaderBytes !== undefined) refuseLongHead(headers, maxHeaderBytes);
  const type = headers.get("content-type");
  // a body without a declared type is read as JSON, as OpenAI does
  if (type !== null && type !== "application/json" && !JSON_TYPE.test(type)) {
    throw new GatewayError(
      "unsupported_media_type",
      `Cannot read content-type "${printable(type)}": send application/json in UTF-8`,
    );
  }
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw new GatewayError(
      "unsupported_media_type",
      `Cannot read content-encoding "${printable(encoding)}": send the body uncompressed`,
    );
  }
  const declared = headers.get("content-length");
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  lift?.();
  if (declared !== null && Number(declared) < LONG_BYTES) return shortBody(request, Number(declared), rules);
  return longBody(arrivingBody(request.body, rules), maxBytes, { keep, declared });
}

/** One that is read in one go: whoever needs longer for it than the slowest line is refused. */
function shortBody(
  request: Request,
  length: number,
  { silenceMs, clock, ticker }: Omit<ReadRules, "limits">,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const dueMs = clock.monotonic() + silenceMs + length / SLOWEST;
    const look = (nowMs: number): void => {
      if (nowMs < dueMs) return;
      ticker.remove(look);
      reject(
        didNotArrive(
          `${length} bytes were announced, and are not in after ${Math.round((silenceMs + length / SLOWEST) / 1000)} s`,
        ),
      );
    };
    ticker.add(look);
    request.bytes().then(
      (bytes) => {
        ticker.remove(look);
        resolve(bytes);
      },
      () => {
        ticker.remove(look);
        reject(gone());
      },
    );
  });
}

/** Every header as it is on the wire: its name, its value, and the four bytes of `: ` and of the end of its line. */
function refuseLongHead(headers: Headers, maxBytes: number): void {
  let bytes = 0;
  for (const [name, value] of headers) bytes += name.length + value.length + 4;
  if (bytes <= maxBytes) return;
  throw new GatewayError(
    "request_too_large",
    `The headers are larger than ${maxBytes} bytes (size_limits.max_header_bytes)`,
  );
}

function gone(): ClientGone {
  return new ClientGone("The client went away before its body was in");
}

async function longBody(
  arriving: Arriving,
  maxBytes: number,
  { keep, declared }: { readonly keep: ((bytes: number) => void) | undefined; readonly declared: string | null },
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  try {
    for (;;) {
      const piece = await arriving.next().catch(refusedOrGone);
      if (piece === null) break;
      if (arriving.bytes > maxBytes) throw tooLarge(maxBytes);
      // all that is announced at once: of many that come together some have room, and not each of them for a part of it
      const wanted = Math.max(arriving.bytes, Number(declared ?? 0));
      if (wanted > kept) keep?.(wanted - kept);
      kept = wanted;
      pieces.push(piece);
    }
  } catch (thrown) {
    arriving.stop();
    throw thrown;
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

function refusedOrGone(thrown: unknown): never {
  throw thrown instanceof GatewayError ? thrown : gone();
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    "request_too_large",
    `The body is larger than ${maxBytes} bytes (size_limits.max_body_bytes)`,
  );
}

/** A header's value as it may stand in a message. */
function printable(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, "?").slice(0, 80);
}
