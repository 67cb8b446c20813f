import { isUtf8 } from "node:buffer";

/** Bytes that are decoded of one text at most. */
export const MOST_BYTES = 65_536;

const decoder = new TextDecoder();

/** The bytes as text; null where they are none: broken UTF-8, or more than one in ten a control character. */
export function readable(bytes: Uint8Array): string | null {
  // asked first: an exception for each of many broken ones would cost more than all the rest
  if (!isUtf8(bytes)) return readableWide(bytes);
  const text = decoder.decode(bytes);
  return isReadable(text) ? text : readableWide(bytes);
}

/** UTF-16, as PowerShell encodes commands. */
function readableWide(bytes: Uint8Array): string | null {
  if (bytes.length < 8 || bytes.length % 2 === 1 || bytes[1] !== 0 || bytes[3] !== 0) return null;
  const text = new TextDecoder("utf-16le").decode(bytes);
  return isReadable(text) ? text : null;
}

function isReadable(text: string): boolean {
  let controls = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127 || code === 0xfffd) controls++;
  }
  return text.length > 0 && controls * 10 < text.length;
}
