import { byPosition, sorted } from "./_orders.ts";
import type { Candidate } from "./strategy.ts";

/**
 * The order in which a caller with this hash falls from one candidate to the next: weighted rendezvous hashing (Thaler
 * and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005). Over all callers each candidate comes first in
 * proportion to its weight, and where one goes away only its own callers move. `sticky` is in [0, 1).
 */
export function stickyOrder<C extends Candidate>(
  eligible: readonly C[],
  sticky: number,
  weightOf: (candidate: C) => number,
): readonly C[] {
  const caller = Math.floor(sticky * 2 ** 32);
  const scored = eligible.map((candidate) => ({
    candidate,
    // the logarithm of a number below 1 is negative: dividing by it takes the sign away
    score: -weightOf(candidate) / Math.log(uniform(caller, candidate.id)),
  }));
  return sorted(scored, (a, b) => b.score - a.score || byPosition(a.candidate, b.candidate)).map(
    ({ candidate }) => candidate,
  );
}

/** A number in (0, 1) that depends on every bit of both (FNV-1a over the id, then MurmurHash3's finaliser). */
function uniform(caller: number, id: string): number {
  let hash = 0x811c9dc5 ^ caller;
  for (let at = 0; at < id.length; at++) hash = mixed(Math.imul(hash ^ id.charCodeAt(at), 0x01000193));
  return ((hash >>> 0) + 0.5) / 2 ** 32;
}

function mixed(hash: number): number {
  let mix = hash;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
