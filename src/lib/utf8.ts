const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-8 without mending it: null for invalid bytes (lone surrogates and overlong forms are such) and for a byte
 * order mark, which JSON forbids (RFC 8259, section 8.1).
 */
export function decodeStrict(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return null;
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
