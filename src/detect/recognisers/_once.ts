/** The answer to a question about what stands in front, asked once for all the matches that begin at one place. */
export function onceFor<Answer>(ask: (before: string) => Answer): (before: string) => Answer {
  let last: { readonly before: string; readonly answer: Answer } | null = null;
  return (before) => {
    if (last === null || before !== last.before) last = { before, answer: ask(before) };
    return last.answer;
  };
}
