/**
 * The simulated provider's tokens: a run of up to 8 letters, up to 3 digits or up to 4 other characters, each with the
 * blank before it, or a run of up to 8 blanks. Near what byte-pair tokenizers give for prose, cheap, and exact in the
 * sense that matters here: what is streamed, counted and limited are the same pieces. Joined, they are the text.
 */
const TOKEN = / ?[\p{L}\p{M}]{1,8}| ?\p{N}{1,3}| ?[^\s\p{L}\p{M}\p{N}]{1,4}|\s{1,8}/gu;

/** Beyond this, the rest of a text is counted in proportion: a demo must not stall on a large prompt. */
const COUNT_LIMIT = 64 * 1024;

/** The tokens of a text, in order. */
export function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

/** How many tokens a text has. */
export function countTokens(text: string): number {
  if (text.length <= COUNT_LIMIT) return tokensOf(text).length;
  return Math.round((tokensOf(text.slice(0, COUNT_LIMIT)).length * text.length) / COUNT_LIMIT);
}

/** Numbers in [0, 1), always the same for the same seed (mulberry32 by Tommy Ettinger, public domain). */
function randomFrom(seed: string): () => number {
  let state = Number(BigInt(Bun.hash(seed)) & 0xffffffffn);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const SENTENCES = [
  "No model was asked, and nothing left this machine.",
  "The same prompt always gives the same answer.",
  "A weir holds water back and lets it pass at a measured rate.",
  "Every request through the gateway leaves one entry in the ledger.",
  "Set a real target in the configuration, and its answers appear here.",
  "Tokens arrive one by one, as fast as the configuration says.",
  "Faults can be switched on to see retries and failover at work.",
  "The numbers under usage count the pieces of this text.",
];

/** An answer to `prompt`: says what it is, quotes the beginning of the prompt, goes on with two to five sentences. */
export function composeText(prompt: string, seed: string): string {
  const random = randomFrom(seed);
  const quoted = prompt.replace(/\s+/g, " ").trim().slice(0, 120).toWellFormed();
  const opening = quoted === "" ? "This is a simulated answer." : `This is a simulated answer to "${quoted}".`;
  const left = [...SENTENCES];
  const wanted = 2 + Math.floor(random() * 4);
  const chosen = Array.from({ length: wanted }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
  return [opening, ...chosen].join(" ");
}

/**
 * What follows `begun` in the answer `whole`. Where another model had begun it, with other sentences: the rest of its last
 * one, and those of `whole` that it lacks.
 */
export function continueText(whole: string, begun: string): string {
  if (whole.startsWith(begun)) return whole.slice(begun.length);
  const last = SENTENCES.map((sentence) => ({ sentence, said: overlap(begun, sentence) })).reduce((a, b) =>
    b.said > a.said ? b : a,
  );
  const rest = last.said === 0 ? "" : last.sentence.slice(last.said);
  const more = SENTENCES.filter(
    (sentence) => whole.includes(sentence) && !begun.includes(sentence) && (rest === "" || sentence !== last.sentence),
  );
  const text = rest + more.map((sentence) => ` ${sentence}`).join("");
  return rest === "" && begun.endsWith(" ") ? text.trimStart() : text;
}

/** How much of the beginning of a sentence, without its end, a text ends with. */
function overlap(text: string, sentence: string): number {
  for (let length = sentence.length - 1; length > 0; length--) {
    if (text.endsWith(sentence.slice(0, length))) return length;
  }
  return 0;
}
