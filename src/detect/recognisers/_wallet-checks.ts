import { createHash } from "node:crypto";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Whether a text is Base58Check of one of the versions (first byte): twenty bytes, four of a double SHA-256. */
export function isBase58Check(text: string, versions: ReadonlySet<number>): boolean {
  const bytes = base58(text);
  if (bytes === undefined || (bytes.length !== 25 && bytes.length !== 26) || !versions.has(bytes[0] as number))
    return false;
  const sum = sha256(sha256(bytes.subarray(0, -4)));
  return bytes.subarray(-4).every((byte, at) => byte === sum[at]);
}

/** Whether a text in small letters is Bech32 (BIP 173) or Bech32m (BIP 350). */
export function isBech32(text: string): boolean {
  const split = text.lastIndexOf("1");
  const head = text.slice(0, split);
  const values = [...head]
    .map((c) => c.charCodeAt(0) >> 5)
    .concat(
      0,
      [...head].map((c) => c.charCodeAt(0) & 31),
    );
  for (const character of text.slice(split + 1)) values.push(BECH32.indexOf(character));
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >>> bit) & 1) check ^= GENERATOR[bit] as number;
  }
  return check === 1 || check === 0x2bc830a3;
}

function base58(text: string): Uint8Array | undefined {
  let number = 0n;
  for (const character of text) {
    const value = BASE58.indexOf(character);
    if (value < 0) return undefined;
    number = number * 58n + BigInt(value);
  }
  const bytes: number[] = [];
  for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 255n));
  for (let at = 0; text[at] === "1"; at++) bytes.unshift(0);
  return Uint8Array.from(bytes);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
