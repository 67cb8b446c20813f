/** Does to its end work that yields where it can be interrupted: for what is short, and for who has the time. */
export function inOneGo<T>(work: Iterator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
