import { GatewayError } from "../lib/errors.ts";

/** The body of a small request as text. Throws `request_too_large` before more than that is read. */
export async function textOf(request: Request, maxBytes: number): Promise<string> {
  return new TextDecoder().decode(await bytesOf(request, maxBytes));
}

/** The body of a small request. Throws `request_too_large` before more than that is read. */
async function bytesOf(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new GatewayError("request_too_large", `Cannot take more than ${maxBytes} bytes here`);
  if (saysMoreThan(maxBytes, request)) throw tooLarge();
  const bytes = await firstBytesOf(request, maxBytes);
  if (bytes.length > maxBytes) throw tooLarge();
  return bytes;
}

/** The body of a request, as long as it is small: of a larger one not all, but more than `maxBytes` where no header says so. */
export async function firstBytesOf(request: Request, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  if (saysMoreThan(maxBytes, request)) return new Uint8Array();
  for await (const piece of request.body ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length > maxBytes) break;
  }
  return Buffer.concat(pieces);
}

function saysMoreThan(bytes: number, { headers }: Request): boolean {
  return Number(headers.get("content-length") ?? 0) > bytes;
}
