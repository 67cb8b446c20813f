import type { Breaker } from "./breaker.ts";
import type { Verdict } from "./circuit-breaker.ts";

/** What happens to a breaker whose state is shared; times are those that all agree on. */
export type BreakerStep =
  | { readonly kind: "settle"; readonly permit: number; readonly verdict: Verdict; readonly atMs: number }
  | { readonly kind: "late success"; readonly permit: number; readonly atMs: number }
  | { readonly kind: "rest"; readonly forMs: number; readonly atMs: number }
  | { readonly kind: "trial"; readonly atMs: number; readonly grant: (permit: number | null) => void };

/** Applies one step; the returned function hands out what it gave, once that is certain. */
export function applyStep(breaker: Breaker, step: BreakerStep): () => void {
  switch (step.kind) {
    case "settle":
      breaker.settle(step.permit, step.verdict, step.atMs);
      return () => {};
    case "late success":
      breaker.settleLate(step.permit, step.atMs);
      return () => {};
    case "rest":
      breaker.rest(step.forMs, step.atMs);
      return () => {};
    case "trial": {
      const permit = breaker.acquire(step.atMs);
      return () => step.grant(permit);
    }
  }
}
