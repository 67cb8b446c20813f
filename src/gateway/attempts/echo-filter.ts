/**
 * Takes what a client already has off the beginning of a continued answer. Mistral gives the prefix it was asked to
 * continue back as the beginning of its answer; others give only what follows, and a target that is asked afresh must
 * say the same again before anything new can pass.
 */
export class EchoFilter {
  readonly #delivered: string;
  readonly #required: boolean;
  #seen = "";
  #decided = false;

  /** `required`: the beginning must be the same, or the answer is another one and {@link EchoFilter.differs} is true. */
  constructor(delivered: string, required: boolean) {
    this.#delivered = delivered;
    this.#required = required;
    this.#decided = delivered === "";
  }

  /** True once the answer has turned out to be another one; nothing of it may pass. */
  differs = false;

  /** What of this piece is new. Empty while the beginning could still be an echo. */
  push(text: string): string {
    if (this.#decided) return this.differs ? "" : text;
    this.#seen += text;
    const { length } = this.#delivered;
    if (this.#seen.length < length && this.#delivered.startsWith(this.#seen)) return "";
    this.#decided = true;
    if (this.#seen.startsWith(this.#delivered)) return this.#seen.slice(length);
    if (!this.#required) return this.#seen;
    this.differs = true;
    return "";
  }

  /** What was held, when the answer ends before it was clear: it was no echo, or it falls short of what is required. */
  flush(): string {
    if (this.#decided) return "";
    this.#decided = true;
    if (!this.#required) return this.#seen;
    this.differs = true;
    return "";
  }
}
