import { GatewayError } from "../../lib/errors.ts";
import { obstacleOf } from "../routes/eligibility.ts";
import { nothingLeft, type Route } from "../routes/route.ts";
import type { Target } from "../targets/target.ts";
import type { Reply } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import { type Failure, HedgedRequest, type Outcome } from "./hedge.ts";
import { type AttemptOptions, type AttemptRules, mayMoveOn, remaining } from "./rules.ts";
import { askWithRetries, openEntry } from "./tries.ts";

/** How far one request has come. */
interface Progress {
  first: GatewayError | null;
  /** Targets asked besides the first. */
  further: number;
  /** The largest window a target declares that was too small. */
  tooSmall: number;
}

/** Where on its route a request is. */
interface Place {
  readonly route: Route;
  readonly place: number;
  readonly progress: Progress;
}

/**
 * Asks the route's targets in order until one gives an answer: retries on the same target first, then the next, all
 * under one deadline; where hedging is on, once a second one beside a slow first. Throws the first failure when nothing
 * helped (what came after it is on the ledger), a failure that is the caller's own at once, and `ClientGone`.
 */
export async function attempt(route: Route, asked: Asked, options: AttemptOptions): Promise<Reply> {
  const { rules } = options;
  const progress: Progress = { first: null, further: 0, tooSmall: 0 };
  const hedged = hedgedRequest(route, asked, options);
  for (const [place, target] of route.targets.entries()) {
    if (progress.further > rules.maxFurtherTargets) break;
    if (hedged?.hasAsked(target) || isTooSmall(target, progress)) continue;
    if (remaining(options) <= 0) throw progress.first ?? outOfTime();
    // a trial that was asked for with the route is given back while others are asked
    const trial = options.entries.length === 0 ? null : target.live.breaker.prepare(options.services.clock.monotonic());
    if (trial !== null) await trial;
    const entry = openUnlessBlocked(target, asked, { route, options });
    if (entry === null) continue;
    const here = { route, place, progress };
    const refuseFiltered = refusesFiltered(here, options);
    const outcome =
      hedged === null
        ? await askAlone(entry, asked, refuseFiltered ? { ...options, refuseFiltered } : options)
        : await hedged.ask(entry, { next: () => openBeside(here, asked, options), refuseFiltered });
    if ("reply" in outcome) return outcome.reply;
    for (const failure of outcome.failures) note(failure, progress, { route, rules });
  }
  throw progress.first ?? nothingLeft(route.record);
}

/** Null where this request is not to be hedged. */
function hedgedRequest(route: Route, asked: Asked, options: AttemptOptions): HedgedRequest | null {
  const { hedging, failover, maxFurtherTargets } = options.rules;
  if (hedging === null || !failover || !route.failover || maxFurtherTargets === 0 || route.hedgeable < 2) return null;
  return new HedgedRequest(asked, options, hedging);
}

/** Whether a filtered answer is to be asked for elsewhere: it is passed on where nobody is left who could give another. */
function refusesFiltered({ route, place, progress }: Place, { rules, services }: AttemptOptions): boolean {
  const { nextOnContentPolicy, failover, maxFurtherTargets } = rules;
  if (!nextOnContentPolicy || !failover || !route.failover || progress.further >= maxFurtherTargets) return false;
  const nowMs = services.clock.monotonic();
  return route.targets
    .slice(place + 1)
    .some((target) => !isTooSmall(target, progress) && obstacleOf(target, nowMs) === null);
}

async function askAlone(entry: AttemptEntry, asked: Asked, options: AttemptOptions): Promise<Outcome> {
  try {
    return { reply: await askWithRetries(entry, asked, options) };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    return { failures: [{ target: entry.target, error: thrown }] };
  }
}

/** Takes a failure in, or throws where it ends the request. */
function note({ target, error }: Failure, progress: Progress, by: { route: Route; rules: AttemptRules }): void {
  const { route, rules } = by;
  progress.first ??= error;
  if (!mayMoveOn(error, rules)) throw error;
  if (!route.failover || !rules.failover) throw progress.first;
  if (error.code === "context_length_exceeded")
    progress.tooSmall = Math.max(progress.tooSmall, target.maxContextTokens ?? 0);
  progress.further++;
}

function isTooSmall({ maxContextTokens }: Target, { tooSmall }: Progress): boolean {
  return maxContextTokens !== null && maxContextTokens <= tooSmall;
}

/** The entry of a first try; null where something has come up against the target since the route was decided. */
function openUnlessBlocked(
  target: Target,
  asked: Asked,
  { route, options }: { route: Route; options: AttemptOptions },
): AttemptEntry | null {
  const obstacle = obstacleOf(target, options.services.clock.monotonic());
  if (obstacle === null) return openEntry(target, asked, { options });
  // who was asked before, and is passed over now that its stream is to be continued, was no dropped candidate
  if (options.entries.some((entry) => entry.target === target)) return null;
  const candidate = route.record.candidates.find(({ target: id }) => id === target.id);
  if (candidate !== undefined) candidate.dropped = obstacle.reason;
  return null;
}

/** The entry of a target to be asked beside the one at that place; null where nobody can be now. */
function openBeside({ route, place, progress }: Place, asked: Asked, options: AttemptOptions): AttemptEntry | null {
  if (progress.further >= options.rules.maxFurtherTargets) return null;
  for (const target of route.targets.slice(place + 1, route.hedgeable)) {
    if (isTooSmall(target, progress) || options.mayHedge?.(target) === false) continue;
    if (obstacleOf(target, options.services.clock.monotonic()) !== null) continue;
    const entry = openEntry(target, asked, { options, hedge: true });
    if (entry !== null) return entry;
  }
  return null;
}

function outOfTime(): GatewayError {
  return new GatewayError(
    "upstream_timeout",
    "The time allowed for this request was over before a target could answer",
  );
}
