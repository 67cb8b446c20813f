import { GatewayError } from "../lib/errors.ts";

/** The body of a small request as text. Throws `request_too_large` before more than that is read. */
export async function textOf(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new GatewayError("request_too_large", `Cannot take more than ${maxBytes} bytes here`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const bytes of request.body ?? []) {
    length += bytes.length;
    if (length > maxBytes) throw tooLarge();
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
