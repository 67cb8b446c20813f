import { MINUTE_MS } from "../../lib/durations.ts";
import { type RecordShape, recordBytes, recordName, SharedLock, SharedRecords } from "../../lib/shared-records.ts";

/** How long a choice counts: after that the next one is free. */
const REMEMBERED_MS = 15 * MINUTE_MS;
/** Pools of which threads know together where they went last. */
const CHOICES: RecordShape = { records: 512, numbers: 2 };

/** Bytes that a {@link SharedRegions} takes. */
export const SHARED_REGIONS_BYTES = recordBytes(CHOICES);

/** Where each pool went last by carbon intensity, so that it does not flutter. `nowMs`: `Clock.monotonic()`. */
export interface RegionMemory {
  /** The region of the last choice; null: there is none, or it is too long ago. */
  of(pool: string, nowMs: number): string | null;
  choose(pool: string, region: string, nowMs: number): void;
  /** The region dropped out. */
  forget(pool: string, nowMs: number): void;
}

/** The memory of a process of one thread. Bounded by the pools and models of the configurations there were. */
export class CurrentRegions implements RegionMemory {
  readonly #choices = new Map<string, { readonly region: string; readonly atMs: number }>();

  of(pool: string, nowMs: number): string | null {
    const choice = this.#choices.get(pool);
    return choice === undefined || nowMs - choice.atMs > REMEMBERED_MS ? null : choice.region;
  }

  choose(pool: string, region: string, atMs: number): void {
    this.#choices.set(pool, { region, atMs });
  }

  forget(pool: string): void {
    this.#choices.delete(pool);
  }
}

/** Where it lies that threads remember together. */
export interface SharedPlace {
  /** Begins with what a {@link SharedLock} takes. */
  readonly memory: SharedArrayBuffer;
  readonly offset: number;
  /** Makes of this thread's monotonic time one that all threads agree on. */
  readonly offsetMs: number;
}

/** The memory of a process of several threads, which they share: what one of them chose binds the others too. */
export class SharedRegions implements RegionMemory {
  readonly #lock: SharedLock;
  readonly #choices: SharedRecords;
  readonly #offsetMs: number;
  readonly #codes: ReadonlyMap<number, string>;

  /** `codes`: of all regions there are. */
  constructor({ memory, offset, offsetMs }: SharedPlace, codes: Iterable<string>) {
    this.#lock = new SharedLock(memory);
    this.#choices = new SharedRecords(memory, offset, CHOICES);
    this.#offsetMs = offsetMs;
    this.#codes = new Map(Array.from(codes, (code) => [recordName(code), code]));
  }

  of(pool: string, nowMs: number): string | null {
    const atMs = nowMs + this.#offsetMs;
    return this.#lock.exclusively(() => {
      const [region = 0, chosenMs = 0] = this.#choices.of(pool, atMs);
      return atMs - chosenMs > REMEMBERED_MS ? null : (this.#codes.get(region) ?? null);
    });
  }

  choose(pool: string, region: string, nowMs: number): void {
    this.#write(pool, recordName(region), nowMs);
  }

  forget(pool: string, nowMs: number): void {
    this.#write(pool, 0, nowMs);
  }

  #write(pool: string, region: number, nowMs: number): void {
    const atMs = nowMs + this.#offsetMs;
    this.#lock.exclusively(() => this.#choices.of(pool, atMs).set([region, atMs]));
  }
}
