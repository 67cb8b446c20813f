/** Spelling that hides what is said: the same for harmful and for harmless text, so that it tells nothing by itself. */

const WORDS = /\p{L}{5,}/gu;

const SPELLINGS: readonly ((text: string, random: () => number) => string)[] = [
  (text) => text.replaceAll(/[\s'’.!?,;:]/g, ""),
  inOneWord((word, at) => word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2)),
  inOneWord((word, at) => word.slice(0, at) + word.slice(at + 1)),
  inOneWord((word, at) => `${word.slice(0, at)}*${word.slice(at + 1)}`),
];

/** A text of one sentence as somebody spells it who wants to be read by people only; drawn from `random`. */
export function spelledOtherwise(text: string, random: () => number): string {
  return SPELLINGS[Math.floor(random() * SPELLINGS.length)]!(text, random);
}

/** Changes one longer word, at a letter within it. */
function inOneWord(change: (word: string, at: number) => string): (text: string, random: () => number) => string {
  return (text, random) => {
    const words = [...text.matchAll(WORDS)];
    const chosen = words[Math.floor(random() * words.length)];
    if (chosen === undefined) return text;
    const [word] = chosen;
    const at = 1 + Math.floor(random() * (word.length - 2));
    return text.slice(0, chosen.index) + change(word, at) + text.slice(chosen.index + word.length);
  };
}
