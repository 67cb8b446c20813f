/** SHA-256 of a text, in hex. */
export function sha256Hex(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

/** HMAC-SHA-256 with a key given in hex: a text's keyed hash, in hex. */
export function keyedDigest(key: string): (text: string) => string {
  const bytes = Uint8Array.fromHex(key);
  return (text) => new Bun.CryptoHasher("sha256", bytes).update(text).digest("hex");
}
