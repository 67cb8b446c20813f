/** The answer to a question about what stands in front, asked once for all the matches that begin at one place. */
export function onceFor<Answer>(ask: (before: string) => Answer): (before: string) => Answer {
  let last: string | null = null;
  let answer: Answer;
  return (before) => {
    if (before === last) return answer;
    answer = ask(before);
    last = before;
    return answer;
  };
}

/**
 * The length of a label at the head of a text, asked once for all the matches that begin at one place, of which the longest
 * comes first. `ask` must read from left to right and not look beyond what it counts.
 */
export function onceForHead(ask: (text: string) => number): (text: string) => number {
  let longest = "";
  let length = 0;
  return (text) => {
    if (text.length < length || !longest.startsWith(text)) {
      longest = text;
      length = ask(text);
    }
    return length;
  };
}
