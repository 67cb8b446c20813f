import type { MaybePromise } from "../../lib/maybe-promise.ts";
import type { Pass } from "../admission/admission.ts";
import type { Route } from "./route.ts";

/** How often a route is decided anew, each time with less money left; after that the request is refused. */
const MAX_DECISIONS = 8;

/**
 * Decides a route and sets aside the most it may cost. Where counters are shared, others may have spent what was left
 * in between: then the route is decided anew with what is left now. Throws what `decide` and {@link Pass.reserve}
 * throw, and the budget's refusal.
 */
export function reserveRoute(pass: Pass, asked: string | null, decide: () => Route): MaybePromise<Route> {
  const route = decide();
  const reserved = pass.reserve(route.targets, asked);
  if (reserved === true) return route;
  return again(pass, { asked, decide, route, reserved });
}

async function again(
  pass: Pass,
  first: { asked: string | null; decide: () => Route; route: Route; reserved: MaybePromise<boolean> },
): Promise<Route> {
  let { route, reserved } = first;
  for (let decisions = 1; !(await reserved); decisions++) {
    const refusal = decisions < MAX_DECISIONS ? null : pass.refusal();
    if (refusal !== null) throw refusal;
    route = first.decide();
    reserved = pass.reserve(route.targets, first.asked);
  }
  return route;
}
