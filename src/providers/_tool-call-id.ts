const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH = 9;
const SHAPE = /^[a-zA-Z0-9]{9}$/;

/** Whether Mistral takes `id` as it is: nine letters or digits (its error 3280 says so). */
export function isShortId(id: string): boolean {
  return SHAPE.test(id);
}

/** Nine letters or digits out of any text, always the same for the same text. Base 62 of its SHA-256. */
export function shortId(text: string): string {
  const digest = new Bun.CryptoHasher("sha256").update(text).digest();
  let rest = digest.readBigUInt64BE(0);
  let id = "";
  for (let place = 0; place < LENGTH; place++) {
    id += ALPHABET[Number(rest % 62n)];
    rest /= 62n;
  }
  return id;
}
