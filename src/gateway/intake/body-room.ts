import { totalmem } from "node:os";
import { GatewayError } from "../../lib/errors.ts";
import { SharedPlaces } from "../targets/shared-places.ts";

const MIB = 1024 * 1024;
/** What the process takes beside bodies, and each worker beside that (115 MB, with four 261, with eight 397). */
const OWN_BYTES = { process: 128 * MIB, worker: 40 * MIB } as const;
/** A body is there as bytes, as text, as values and as what policies make of it, and as what the collector has not taken. */
const TIMES = 6;
/** What is counted in: with it, 32 bits are enough for terabytes. */
const UNIT_BYTES = 256;
/** What a caller is told to wait: a long body is read and judged in about that. */
const RETRY_AFTER_MS = 2_000;

/** Bytes that the process may use: the container's limit, else the machine's memory. */
export function memoryBytes(): number {
  return Math.min(process.constrainedMemory(), totalmem());
}

/**
 * Room for the long bodies of all requests at once, so that many of them are refused before the system ends the process
 * for its memory. One per process, of which each of its workers takes its part: it is handed on at a reload.
 */
export class BodyRoom {
  readonly #capacity: number;
  readonly #places: SharedPlaces;

  /** For a process that may use `memory` bytes and has so many workers, which count in `places` together. */
  constructor(memory: number, workers = 1, places = SharedPlaces.alone()) {
    const own = OWN_BYTES.process + (workers === 1 ? 0 : workers * OWN_BYTES.worker);
    this.#capacity = Math.max(0, Math.floor((memory - own) / TIMES / UNIT_BYTES));
    this.#places = places;
  }

  /**
   * Takes room for further bytes of a body of which `before` are in. Throws `overloaded` where there is none; a body that
   * is alone always has room. Give all of it back with {@link leave}.
   */
  take(bytes: number, before: number): void {
    const held = units(before);
    if (!this.#places.take(this.#capacity, units(before + bytes) - held, held))
      throw new GatewayError(
        "overloaded",
        "The long bodies of all requests take all the memory there is for them: try again shortly",
        { retryAfterMs: RETRY_AFTER_MS },
      );
  }

  /** What takes room for the pieces of one body, and notes in it how much it has. */
  keeper(body: { keptBytes: number }): (bytes: number) => void {
    return (bytes) => {
      this.take(bytes, body.keptBytes);
      body.keptBytes += bytes;
    };
  }

  /** Gives the room of a body back. */
  leave(bytes: number): void {
    this.#places.give(units(bytes));
  }
}

const units = (bytes: number): number => Math.ceil(bytes / UNIT_BYTES);
