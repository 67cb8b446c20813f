/** A number in [0, 1) that is the same for the same seed and the same things, whenever it is asked for. */
export function chance(seed: number, ...things: readonly (string | number)[]): number {
  return Bun.hash.xxHash32(things.join("\n"), seed) / 2 ** 32;
}

/** One of some things, each as likely as its share. */
export function pick<T>(shares: readonly (readonly [T, number])[], at: number): T {
  const all = shares.reduce((sum, [, share]) => sum + share, 0);
  let left = at * all;
  for (const [thing, share] of shares) {
    left -= share;
    if (left < 0) return thing;
  }
  return shares.at(-1)![0];
}

const WORDS = "lock gate river weir water level keeper stone morning north bank current".split(" ");

/** The whole answer to request `n`: both ends know it. From 4 to 160 words. */
export function textOf(seed: number, n: number): string {
  const count = 4 + Math.floor(chance(seed, "length", n) ** 3 * 156);
  const words = Array.from({ length: count }, (_, at) => WORDS[Math.floor(chance(seed, "word", n, at) * WORDS.length)]);
  return `${n}: ${words.join(" ")}.`;
}
