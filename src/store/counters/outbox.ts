/**
 * Messages that leave together: a message to another thread costs several microseconds whatever it holds, and under load
 * many are written in one turn of the loop.
 */
export class Outbox<T> {
  readonly #post: (messages: readonly T[]) => void;
  #waiting: T[] = [];
  readonly #flush = (): void => this.flush();

  constructor(post: (messages: readonly T[]) => void) {
    this.#post = post;
  }

  /** Sends a message when this turn of the loop is over. */
  send(message: T): void {
    if (this.#waiting.length === 0) setImmediate(this.#flush);
    this.#waiting.push(message);
  }

  /** Sends what waits now. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const messages = this.#waiting;
    this.#waiting = [];
    this.#post(messages);
  }
}
