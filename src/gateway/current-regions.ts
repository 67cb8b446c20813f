/** So long after a choice nothing holds the next one there (`carbon.md`: 15 min). */
const REMEMBERED_MS = 15 * 60_000;

/**
 * Where each pool went last by carbon intensity, so that it does not flutter. Bounded by the pools and models of the
 * configurations there were.
 */
export class CurrentRegions {
  readonly #choices = new Map<string, { readonly region: string; readonly atMs: number }>();

  /** The region of the last choice; null: there is none, or it is too long ago. `nowMs`: monotonic. */
  of(pool: string, nowMs: number): string | null {
    const choice = this.#choices.get(pool);
    return choice === undefined || nowMs - choice.atMs > REMEMBERED_MS ? null : choice.region;
  }

  choose(pool: string, region: string, atMs: number): void {
    this.#choices.set(pool, { region, atMs });
  }

  /** The region dropped out. */
  forget(pool: string): void {
    this.#choices.delete(pool);
  }
}
