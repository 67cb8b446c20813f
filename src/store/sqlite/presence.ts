import { type BigIntStats, statSync } from "node:fs";
import type { Clock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";

/** How often a busy ledger looks. */
const EVERY_MS = 1_000;

/**
 * A check that the file at `path` still is the one that is there now, made at most once a second: what is written to a
 * file that somebody removed, moved or replaced ends with the process, and no write says so. Throws GatewayError.
 */
export function presence(path: string, clock: Clock): () => void {
  const opened = placeOf(path);
  let lookedMs = clock.monotonic();
  return () => {
    const nowMs = clock.monotonic();
    if (nowMs - lookedMs < EVERY_MS) return;
    const place = placeOf(path);
    if (place === opened) {
      lookedMs = nowMs;
      return;
    }
    const change = place === null ? "removed or moved away" : "replaced by another file";
    throw new GatewayError(
      "service_unavailable",
      `The ledger "${path}" was ${change} under the gateway: put it back, or restart to go on in what is there`,
    );
  };
}

/** Which file of the machine stands there; null: none. */
function placeOf(path: string): string | null {
  const found: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
