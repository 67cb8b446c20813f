import { GatewayError } from "../lib/errors.ts";

/** The body of a small request as text. Throws `request_too_large` before more than that is read. */
export async function textOf(request: Request, maxBytes: number): Promise<string> {
  return new TextDecoder().decode(await bytesOf(request, maxBytes));
}

/** The body of a small request. Throws `request_too_large` before more than that is read. */
export async function bytesOf({ headers, body }: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new GatewayError("request_too_large", `Cannot take more than ${maxBytes} bytes here`);
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
