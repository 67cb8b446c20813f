import { middle } from "../bench/figures.ts";
import type { Fate } from "./client.ts";
import type { LedgerCount } from "./ledger.ts";

/** Everything that was counted. */
export interface Counted {
  /** What each request came to, by its id. */
  readonly fates: ReadonlyMap<string, Fate>;
  readonly ledger: LedgerCount;
  /** Resident memory, bytes, once a second. */
  readonly memory: readonly number[];
  readonly exitCode: number;
}

/** What must never become of a request. */
const NEVER: readonly Fate[] = ["short", "garbled", "lost"];
/** Memory may differ so much between the second and the last fifth of a soak: caches fill, buffers stay. */
const GROWTH = { share: 0.15, bytes: 16e6 };

/** What is wrong, in words; empty: nothing is. */
export function differences({ fates, ledger, memory, exitCode }: Counted): string[] {
  const wrong: string[] = [];
  for (const fate of NEVER) {
    const ids = [...fates].filter(([, one]) => one === fate).map(([id]) => id);
    if (ids.length > 0) wrong.push(`${ids.length} answers were ${fate}: ${some(ids)}`);
  }
  const missing = [...fates.keys()].filter((id) => !ledger.outcomes.has(id));
  const foreign = [...ledger.outcomes.keys()].filter((id) => !fates.has(id));
  if (missing.length > 0) wrong.push(`${missing.length} requests are not on the ledger: ${some(missing)}`);
  if (foreign.length > 0) wrong.push(`${foreign.length} rows are of no request: ${some(foreign)}`);
  if (ledger.repeated.length > 0)
    wrong.push(`${ledger.repeated.length} requests have two rows: ${some(ledger.repeated)}`);
  if (ledger.rows !== fates.size) wrong.push(`${fates.size} requests, ${ledger.rows} rows`);
  const unlike = [...fates].filter(([id, fate]) => !agrees(fate, ledger.outcomes.get(id)));
  if (unlike.length > 0) {
    const shown = unlike.map(([id, fate]) => `${id} (${fate}, recorded ${ledger.outcomes.get(id)})`);
    wrong.push(`${unlike.length} rows say something else than the client saw: ${some(shown)}`);
  }
  if (!ledger.verified) wrong.push("the chain of the ledger does not hold");
  const [early, late] = memoryFifths(memory);
  if (late - early > early * GROWTH.share + GROWTH.bytes) wrong.push(`memory grew from ${mb(early)} to ${mb(late)}`);
  if (exitCode !== 0) wrong.push(`the gateway ended with ${exitCode}`);
  return wrong;
}

/** A client that left may have had all of its answer already. */
function agrees(fate: Fate, outcome: string | undefined): boolean {
  if (outcome === undefined || NEVER.includes(fate) || fate === "left") return true;
  return (fate === "whole") === (outcome === "ok");
}

/** The middle of the second fifth of the samples, and of the last. */
export function memoryFifths(samples: readonly number[]): readonly [number, number] {
  const fifth = Math.floor(samples.length / 5);
  return fifth === 0 ? [0, 0] : [middle(samples.slice(fifth, 2 * fifth)), middle(samples.slice(-fifth))];
}

export const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function some(things: readonly string[]): string {
  return `${things.slice(0, 5).join(", ")}${things.length > 5 ? ", …" : ""}`;
}
