import { GatewayError } from "../lib/errors.ts";
import { ClientGone } from "./failure.ts";

/** JSON with any parameters, as long as a charset among them is UTF-8. */
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:$|;(?!.*charset)|;.*charset\s*=\s*"?utf-?8"?\s*(?:;|$))/i;

/** Sizes above which a request is not read. */
export interface ReadLimits {
  readonly max_body_bytes: number;
  readonly max_header_bytes?: number | undefined;
}

/**
 * The bytes of a request's body. Throws `unsupported_media_type` for what is not plain JSON and `request_too_large` for
 * too large a head or body, as soon as its length is known, from the header or by counting; {@link ClientGone} where the
 * connection ended first (the client left, was silent for too long, or broke the framing).
 */
export function readBody(request: Request, limits: ReadLimits): Promise<Uint8Array> {
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
  return declared === null ? countedBody(request, maxBytes) : request.bytes().catch(gone);
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

function gone(): never {
  throw new ClientGone("The client went away before its body was in");
}

async function countedBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(gone);
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    pieces.push(value);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
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
