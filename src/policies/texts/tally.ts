import type { Finding } from "../policy.ts";

/** More findings than this are not told one by one. */
const MAX_FINDINGS = 10_000;

/** Counts what was found, by kind. Holds no text. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** One more of a kind. */
  note(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** One finding for each. */
  findings(): readonly Finding[] {
    return [...this.#counts].flatMap(([kind, count]) =>
      new Array<Finding>(Math.min(count, MAX_FINDINGS)).fill({ kind }),
    );
  }

  /** `2 EMAIL, 1 IBAN`. */
  summary(): string {
    return [...this.#counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
  }
}
