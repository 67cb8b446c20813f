import type { Clock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";

/**
 * Bytes per millisecond below which a body does not come but keeps a place: 4 kB/s, the slowest of mobile lines. Counted
 * from the end of the first silence that is allowed.
 */
export const SLOWEST = 4;

/** A body while it comes in. */
export interface Arriving {
  /** How much of it is in. */
  readonly bytes: number;
  /** The next piece, null at the end. Rejects with `invalid_request` (408) where it does not come in time. */
  next(): Promise<Uint8Array | null>;
  /** Nobody wants the rest. */
  stop(): void;
}

/**
 * Reads a body piece by piece. Bun's own limit on silence runs on while a body comes in slowly, and would cut whoever
 * needs longer for it than that; this one begins anew with each piece, and asks for {@link SLOWEST} on the whole.
 */
export function arrivingBody(
  body: ReadableStream<Uint8Array> | null,
  { silenceMs, clock }: { readonly silenceMs: number; readonly clock: Clock },
): Arriving {
  const reader = body?.getReader();
  const startedMs = clock.monotonic();
  let bytes = 0;
  const stop = (): void => void reader?.cancel().catch(() => {});
  const tooSlow = (): boolean => bytes < (clock.monotonic() - startedMs - silenceMs) * SLOWEST;
  return {
    get bytes() {
      return bytes;
    },
    stop,
    async next() {
      if (reader === undefined) return null;
      const { done, value } = await inTime(reader.read());
      if (done) return null;
      bytes += value.length;
      if (!tooSlow()) return value;
      stop();
      throw late("it comes too slowly");
    },
  };

  function inTime<T>(read: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        stop();
        reject(late(`nothing came for ${silenceMs / 1000} s`));
      };
      // a process that stood still finds its timers due before it has looked for what came meanwhile
      let cancel = clock.after(silenceMs, () => {
        cancel = clock.after(0, expire);
      });
      read.then(resolve, reject).finally(() => cancel());
    });
  }

  function late(why: string): GatewayError {
    return didNotArrive(`${why}, and ${bytes} bytes of it are in`);
  }
}

/** What the sender of a body that does not come is told. */
export function didNotArrive(why: string): GatewayError {
  return new GatewayError("invalid_request", `The body did not arrive: ${why}`, { status: 408 });
}
