/**
 * A guess of a text's tokens without a tokenizer, made to err upwards: for the moments in which no tokenizer can be
 * asked. On the recorded prompts it lies a third above the counts of Tekken and o200k in the median and hardly ever
 * below them (`test/lib/tokens/estimate.test.ts`). One pass without allocation; it stops once the guess is above
 * `stopAbove`, which takes at most about ten units a token.
 */
export function estimateTokens(text: string, stopAbove: number = Number.POSITIVE_INFINITY): number {
  let tokens = 0;
  let at = 0;
  while (at < text.length && tokens <= stopAbove) {
    const code = text.charCodeAt(at);
    const end = runEnd(text, at, kindOf(code));
    tokens += isWordUnit(code) ? wordTokens(text, at, end) : otherTokens(code, end - at);
    at = end;
  }
  return Math.ceil(tokens);
}

/** A run of letters, digits and `+/=_-` is read as words up to here; beyond it is base64, a hash or the like. */
const LONGEST_WORD = 40;
/** Base64 has about 1.3 bytes to a token, hexadecimal digits 1.1. */
const OPAQUE_TOKENS_PER_UNIT = 0.95;

const WORD = -1;

/** What may stand together in one run: any word unit beside any other, anything else only beside its like. */
const kindOf = (code: number): number => (isWordUnit(code) ? WORD : code);

function runEnd(text: string, start: number, kind: number): number {
  let at = start + 1;
  while (at < text.length && kindOf(text.charCodeAt(at)) === kind) at++;
  return at;
}

const isCapital = (code: number): boolean => code >= 0x41 && code <= 0x5a;
const isSmall = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

function isWordUnit(code: number): boolean {
  if (isSmall(code) || isCapital(code) || isDigit(code)) return true;
  return code === 0x2b || code === 0x2f || code === 0x3d || code === 0x5f || code === 0x2d;
}

/** Tekken makes every digit a token of its own; small letters go by fives, capitals by threes. */
function wordTokens(text: string, start: number, end: number): number {
  if (end - start > LONGEST_WORD) return (end - start) * OPAQUE_TOKENS_PER_UNIT;
  let tokens = 0;
  let small = 0;
  let capitals = 0;
  for (let at = start; at <= end; at++) {
    const code = at < end ? text.charCodeAt(at) : 0;
    if (isSmall(code)) small++;
    else if (isCapital(code) && small === 0) capitals++;
    else {
      tokens += partTokens(capitals, small);
      capitals = isCapital(code) ? 1 : 0;
      small = 0;
      if (at < end && capitals === 0) tokens++;
    }
  }
  return tokens;
}

/** One capital belongs to the small letters behind it. */
function partTokens(capitals: number, small: number): number {
  return capitals > 1 ? Math.ceil(capitals / 3) + Math.ceil(small / 5) : Math.ceil((capitals + small) / 5);
}

/** A single blank goes with the word behind it. */
function otherTokens(first: number, length: number): number {
  if (first === 0x20) return length === 1 ? 0.05 : 1 + length / 8;
  return first < 0x80 ? 1 + (length - 1) / 2 : unitTokens(first) * length;
}

/** Tokens per UTF-16 unit above ASCII: above what Tekken and o200k make of running text in those scripts. */
function unitTokens(code: number): number {
  if (code < 0x250) return 1;
  if (code < 0x700) return 0.8;
  if (code >= 0x900 && code < 0x1000) return 1.5;
  if ((code >= 0x3000 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3)) return 1.2;
  return code >= 0xd800 && code <= 0xdfff ? 2 : 3;
}
