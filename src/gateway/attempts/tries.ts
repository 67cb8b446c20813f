import { GatewayError } from "../../lib/errors.ts";
import { pause } from "../../lib/pause.ts";
import { makeSpanId } from "../../lib/trace-context.ts";
import { MAYBE_BILLED } from "../budgets/estimate.ts";
import { givePlace, type Target, takePlace } from "../targets/target.ts";
import { estimatePrompt, promptBytes } from "../usage.ts";
import { askTarget, type Reply } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import { AttemptEntry } from "./attempt-entry.ts";
import { ClientGone, causeOf } from "./failure.ts";
import { type AttemptOptions, remaining } from "./rules.ts";

/**
 * Asks one target as often as the rules allow; `first` is the entry of its first try. Throws the last failure, and
 * {@link ClientGone}. Every entry it opens is closed, but for that of the reply.
 */
export async function askWithRetries(first: AttemptEntry, asked: Asked, options: AttemptOptions): Promise<Reply> {
  const { target } = first;
  const { rules, context, services, mayRetry } = options;
  const hedge = first.record.hedge === true;
  for (let tries = 1, entry = first; ; tries++) {
    try {
      return await askTarget(asked, entry, options);
    } catch (thrown) {
      close(entry, thrown, { ...options, promptBytes: promptBytes(asked.parsed) });
      if (!(thrown instanceof GatewayError) || tries >= rules.maxAttempts || mayRetry?.() === false) throw thrown;
      const waitMs = pauseBefore(thrown, tries, options);
      if (waitMs === null || target.live.breaker.isOpen(services.clock.monotonic())) throw thrown;
      await pause(waitMs, services.clock, context.signal);
      if (context.signal.aborted) throw new ClientGone("The client went away");
      const again = mayRetry?.() === false ? null : openEntry(target, asked, { options, hedge });
      if (again === null) throw thrown;
      entry = again;
    }
  }
}

/** The entry of one try, with the breaker's permit in it; null: it gives none, or others have taken the last place. */
export function openEntry(
  target: Target,
  asked: Asked,
  { options, hedge = false }: { options: AttemptOptions; hedge?: boolean },
): AttemptEntry | null {
  const { context, services, rules, entries, deadlineMs } = options;
  if (!takePlace(target)) return null;
  const permit = target.live.breaker.acquire(services.clock.monotonic());
  if (permit === null) {
    givePlace(target);
    return null;
  }
  // a target is not to blame for time that the caller did not give it, or that others have used up
  const shortened = entries.length > 0 || deadlineMs < context.startedMs + rules.totalTimeoutMs;
  const entry = new AttemptEntry(target, asked.model, {
    zeroMs: context.startedMs,
    clock: services.clock,
    kind: context,
    permit,
    excusedFromMs: shortened ? deadlineMs : Number.POSITIVE_INFINITY,
    hedge,
  });
  if (context.trace !== undefined) entry.record.span_id = makeSpanId();
  entries.push(entry);
  return entry;
}

/** Milliseconds to wait before the same target is asked again, or null where it is not. */
function pauseBefore(error: GatewayError, tries: number, options: AttemptOptions): number | null {
  const { rules } = options;
  const { upstreamStatus, quotaExhausted, retryAfterMs, lacks } = error.details;
  const broken = (error.code === "upstream_failed" && upstreamStatus === undefined) || error.code === "upstream_cut";
  if (
    quotaExhausted ||
    lacks !== undefined ||
    !(broken || (upstreamStatus !== undefined && rules.retryStatuses.has(upstreamStatus)))
  )
    return null;
  if (retryAfterMs !== undefined && retryAfterMs > rules.maxRetryAfterMs) return null;
  const backoff = Math.min(rules.maxBackoffMs, rules.initialBackoffMs * rules.multiplier ** (tries - 1));
  const jittered = Math.min(rules.maxBackoffMs, backoff * (1 + rules.jitter * (2 * options.random() - 1)));
  const waitMs = Math.max(retryAfterMs ?? 0, jittered);
  return waitMs < remaining(options) ? waitMs : null;
}

function close(entry: AttemptEntry, thrown: unknown, options: AttemptOptions & { readonly promptBytes: number }): void {
  const { status } = entry.record;
  const isUnknown = entry.record.usage.basis === "unknown";
  const usageOf = (outcome: string) =>
    isUnknown && MAYBE_BILLED.has(outcome) ? { usage: estimatePrompt(options.promptBytes) } : {};
  if (thrown instanceof GatewayError) {
    const { code, details } = thrown;
    const { upstreamStatus, blameless, elsewhere } = details;
    entry.end({
      status: upstreamStatus ?? status,
      outcome: code,
      cause: causeOf(thrown),
      blameless,
      unusable: elsewhere === true && upstreamStatus !== undefined,
      ...usageOf(code),
    });
    if (thrown.code === "upstream_rate_limited") rest(entry.target, thrown, options);
  } else {
    const outcome = thrown instanceof ClientGone ? "cancelled" : "internal";
    entry.end({ status, outcome, ...usageOf(outcome) });
  }
}

/** Leaves a target alone that asked for it: whoever comes next goes to another one at once. */
function rest({ id, config, live }: Target, { details }: GatewayError, { services, context }: AttemptOptions): void {
  const { retryAfterMs = 0 } = details;
  if (!live.breaker.rest(retryAfterMs, services.clock.monotonic())) return;
  const fields = { target: id, description: config.description ?? null, retry_after_ms: retryAfterMs };
  context.log.info(fields, "a target rests: it asked to be left alone");
}
