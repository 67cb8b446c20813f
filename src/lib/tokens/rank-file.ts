/**
 * Rank files: the tokens of a byte-pair vocabulary in the order of their ranks.
 *
 * The format is one length byte and then the token's bytes, token after token; the whole is compressed with zstd.
 * `config/tokenizers/README.md` names where the files come from, their licences and how they are made.
 */

/** Tokens in one buffer: token `rank` begins at `starts[rank]`, and the byte before it is its length. */
export interface Ranks {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  /** Length of the longest token in bytes. */
  readonly longest: number;
}

/** Writes tokens, in the order of their ranks, as a rank file. Throws RangeError for a token of 0 or above 255 bytes. */
export function encodeRanks(tokens: readonly Uint8Array[]): Uint8Array {
  const size = tokens.reduce((sum, token) => sum + token.length + 1, 0);
  const plain = new Uint8Array(size);
  let at = 0;
  for (const [rank, token] of tokens.entries()) {
    if (token.length === 0 || token.length > 255) {
      throw new RangeError(`Token ${rank} is ${token.length} bytes long; a rank file holds tokens of 1 to 255 bytes`);
    }
    plain[at] = token.length;
    plain.set(token, at + 1);
    at += token.length + 1;
  }
  return Bun.zstdCompressSync(plain, { level: 19 });
}

/** Reads a rank file. Throws RangeError where the last token is cut off, and what zstd throws for damaged bytes. */
export function decodeRanks(file: Uint8Array): Ranks {
  const bytes = Bun.zstdDecompressSync(file);
  const starts: number[] = [];
  let longest = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = bytes[at]!;
    if (length > longest) longest = length;
    starts.push(at + 1);
    at += length + 1;
  }
  if (at !== bytes.length) throw new RangeError(`Rank file ends inside token ${starts.length - 1}`);
  return { bytes, starts: Int32Array.from(starts), longest };
}
