import type { Clock } from "../../lib/clock.ts";
import { slicedMs } from "../../lib/slices.ts";
import type { Verdict } from "../../policies/policy.ts";
import type { Failure } from "./run.ts";

/** Why there is no verdict. */
export interface NoVerdict {
  readonly verdict: null;
  readonly failure: Failure;
  readonly thrown: unknown;
}

/** What a policy said. */
export type Said = { readonly verdict: Verdict } | NoVerdict;

/** How often a policy that has not answered is looked at: a process that stood still for longer counts no more. */
const LOOK_MS = 1_000;

/**
 * Waits for a policy's verdict. Never rejects; a verdict that comes too late is dropped. Time in which texts are read
 * in turns (this request's or another's) or in which the whole process stood still does not count towards `timeoutMs`:
 * no policy hangs then. The request's own deadline always counts.
 */
export function inTime(
  said: Promise<Verdict>,
  { timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock },
  deadlineMs: number,
): Promise<Said> {
  return new Promise((resolve) => {
    let leftMs = timeoutMs;
    let cancel: () => void;
    const wait = (): void => {
      const fromMs = clock.monotonic();
      const slicedBefore = slicedMs();
      // what is left of it may be next to nothing for long, while texts are read
      const waitMs = Math.min(Math.max(leftMs, 10), LOOK_MS, Math.max(0, deadlineMs - fromMs));
      cancel = clock.after(waitMs, () => {
        const nowMs = clock.monotonic();
        leftMs -= Math.max(0, Math.min(nowMs - fromMs, waitMs) - (slicedMs() - slicedBefore));
        if (leftMs <= 0 || nowMs >= deadlineMs) resolve({ verdict: null, failure: "timeout", thrown: null });
        else wait();
      });
    };
    wait();
    said.then(
      (verdict) => {
        cancel();
        resolve({ verdict });
      },
      (thrown: unknown) => {
        cancel();
        resolve({ verdict: null, failure: "error", thrown });
      },
    );
  });
}
