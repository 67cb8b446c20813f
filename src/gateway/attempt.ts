import { GatewayError } from "../lib/errors.ts";
import { type AskOptions, askTarget, type Reply } from "./ask-target.ts";
import { isSaturated, obstacleOf } from "./eligibility.ts";
import type { Asked } from "./exchange.ts";
import { ClientGone, causeOf, type Trigger, triggerOf } from "./failure.ts";
import { AttemptEntry } from "./record.ts";
import { nothingLeft, type Route } from "./route.ts";
import type { Target } from "./target.ts";

/** When a target is asked again, and when the next one is. */
export interface AttemptRules {
  /** Tries at one target, the first included. */
  readonly maxAttempts: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly multiplier: number;
  /** Share of a backoff by which it may be longer or shorter. */
  readonly jitter: number;
  readonly retryStatuses: ReadonlySet<number>;
  readonly maxRetryAfterMs: number;
  /** Whether further targets may be asked, how many, and after what. */
  readonly failover: boolean;
  readonly maxFurtherTargets: number;
  readonly triggers: ReadonlySet<Trigger>;
  readonly nextOnContextWindow: boolean;
  readonly nextOnContentPolicy: boolean;
  /** What a request may take where its caller does not say less. */
  readonly totalTimeoutMs: number;
}

/** What the attempts of one request share. */
export interface AttemptOptions extends AskOptions {
  readonly rules: AttemptRules;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Where the entries of all tries go, for the ledger. */
  readonly entries: AttemptEntry[];
}

/**
 * Asks the route's targets in order until one gives an answer: retries on the same target first, then the next, all
 * under one deadline. Throws the first failure when nothing helped (what came after it is on the ledger), a failure
 * that is the caller's own at once, and {@link ClientGone}.
 */
export async function attempt(route: Route, asked: Asked, options: AttemptOptions): Promise<Reply> {
  const { rules } = options;
  let first: GatewayError | null = null;
  let further = 0;
  // the largest window a target declares that was too small
  let tooSmall = 0;
  for (const [index, target] of route.targets.entries()) {
    if (further > rules.maxFurtherTargets) break;
    if (target.maxContextTokens !== null && target.maxContextTokens <= tooSmall) continue;
    if (remaining(options) <= 0) throw first ?? outOfTime();
    const entry = openUnlessBlocked(target, asked, { route, options });
    if (entry === null) continue;
    try {
      return await askWithRetries(entry, asked, options);
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      first ??= thrown;
      if (thrown.code === "context_length_exceeded") tooSmall = Math.max(tooSmall, target.maxContextTokens ?? 0);
      const last = index === route.targets.length - 1;
      if (last || !route.failover || !rules.failover || !mayMoveOn(thrown, rules))
        throw mayMoveOn(thrown, rules) ? first : thrown;
      further++;
    }
  }
  throw first ?? nothingLeft(route.record);
}

async function askWithRetries(first: AttemptEntry, asked: Asked, options: AttemptOptions): Promise<Reply> {
  const { target } = first;
  for (let tries = 1, entry = first; ; tries++) {
    try {
      return await askTarget(asked, entry, options);
    } catch (thrown) {
      close(entry, thrown, options);
      if (!(thrown instanceof GatewayError) || tries >= options.rules.maxAttempts) throw thrown;
      const waitMs = pauseBefore(thrown, tries, options);
      if (waitMs === null || target.live.breaker.isOpen(options.services.clock.monotonic())) throw thrown;
      await pause(waitMs, options);
      const again = open(target, asked, options);
      if (again === null) throw thrown;
      entry = again;
    }
  }
}

/** The entry of a first try; null where something has come up against the target since the route was decided. */
function openUnlessBlocked(
  target: Target,
  asked: Asked,
  { route, options }: { route: Route; options: AttemptOptions },
): AttemptEntry | null {
  const obstacle = obstacleOf(target, options.services.clock.monotonic());
  if (obstacle === null) return open(target, asked, options);
  // who was asked before, and is passed over now that its stream is to be continued, was no dropped candidate
  if (options.entries.some((entry) => entry.target === target)) return null;
  const candidate = route.record.candidates.find(({ target: id }) => id === target.id);
  if (candidate !== undefined) candidate.dropped = obstacle.reason;
  return null;
}

/** The entry of one try, with the breaker's permit in it; null: it gives none, or others have taken the last place. */
function open(target: Target, asked: Asked, options: AttemptOptions): AttemptEntry | null {
  const { context, services, rules, entries, deadlineMs } = options;
  if (isSaturated(target)) return null;
  const permit = target.live.breaker.acquire(services.clock.monotonic());
  if (permit === null) return null;
  // a target is not to blame for time that the caller did not give it, or that others have used up
  const shortened = entries.length > 0 || deadlineMs < context.startedMs + rules.totalTimeoutMs;
  const entry = new AttemptEntry(target, asked.model, {
    zeroMs: context.startedMs,
    clock: services.clock,
    kind: context,
    permit,
    excusedFromMs: shortened ? deadlineMs : Number.POSITIVE_INFINITY,
  });
  entries.push(entry);
  return entry;
}

/** Milliseconds to wait before the same target is asked again, or null where it is not. */
function pauseBefore(error: GatewayError, tries: number, options: AttemptOptions): number | null {
  const { rules } = options;
  const { upstreamStatus, quotaExhausted, retryAfterMs } = error.details;
  const broken = (error.code === "upstream_failed" && upstreamStatus === undefined) || error.code === "upstream_cut";
  if (quotaExhausted || !(broken || (upstreamStatus !== undefined && rules.retryStatuses.has(upstreamStatus))))
    return null;
  if (retryAfterMs !== undefined && retryAfterMs > rules.maxRetryAfterMs) return null;
  const backoff = Math.min(rules.maxBackoffMs, rules.initialBackoffMs * rules.multiplier ** (tries - 1));
  const jittered = Math.min(rules.maxBackoffMs, backoff * (1 + rules.jitter * (2 * options.random() - 1)));
  const waitMs = Math.max(retryAfterMs ?? 0, jittered);
  return waitMs < remaining(options) ? waitMs : null;
}

function pause(ms: number, { services, context }: AttemptOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => {
      cancel();
      reject(new ClientGone("The client went away"));
    };
    const cancel = services.clock.after(ms, () => {
      context.signal.removeEventListener("abort", gone);
      resolve();
    });
    context.signal.addEventListener("abort", gone, { once: true });
    if (context.signal.aborted) gone();
  });
}

function remaining(options: AttemptOptions): number {
  return options.deadlineMs - options.services.clock.monotonic();
}

function mayMoveOn(error: GatewayError, rules: AttemptRules): boolean {
  const trigger = triggerOf(error);
  if (trigger === "ours") return true;
  if (trigger === "context_window") return rules.nextOnContextWindow;
  if (trigger !== null) return rules.triggers.has(trigger);
  return rules.nextOnContentPolicy && isContentRefusal(error);
}

/** A provider's own content filter refused the prompt (OpenAI and Azure name it so). */
function isContentRefusal(error: GatewayError): boolean {
  return (
    error.code === "upstream_rejected" &&
    (error.details.wireCode === "content_filter" || error.details.wireCode === "content_policy_violation")
  );
}

function outOfTime(): GatewayError {
  return new GatewayError(
    "upstream_timeout",
    "The time allowed for this request was over before a target could answer",
  );
}

function close(entry: AttemptEntry, thrown: unknown, options: AttemptOptions): void {
  const { status } = entry.record;
  if (thrown instanceof GatewayError) {
    const { upstreamStatus, blameless } = thrown.details;
    entry.end({ status: upstreamStatus ?? status, outcome: thrown.code, cause: causeOf(thrown), blameless });
    if (thrown.code === "upstream_rate_limited") rest(entry.target, thrown, options);
  } else entry.end({ status, outcome: thrown instanceof ClientGone ? "cancelled" : "internal" });
}

/** Leaves a target alone that asked for it: whoever comes next goes to another one at once. */
function rest({ id, config, live }: Target, { details }: GatewayError, { services, context }: AttemptOptions): void {
  const { retryAfterMs = 0 } = details;
  if (!live.breaker.rest(retryAfterMs, services.clock.monotonic())) return;
  const fields = { target: id, description: config.description ?? null, retry_after_ms: retryAfterMs };
  context.log.info(fields, "a target rests: it asked to be left alone");
}
