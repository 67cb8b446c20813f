import type { Config } from "../../config/config.ts";
import { HedgeShare, type Hedging } from "./hedging.ts";
import type { AttemptRules } from "./rules.ts";

/** What a configuration says of attempts. */
export function attemptRulesOf(providers: Config["providers"]): AttemptRules {
  const { retry, fallback } = providers;
  return {
    maxAttempts: retry.max_attempts,
    initialBackoffMs: retry.initial_backoff_ms,
    maxBackoffMs: retry.max_backoff_ms,
    multiplier: retry.multiplier,
    jitter: retry.jitter,
    retryStatuses: new Set(retry.retry_on_status),
    maxRetryAfterMs: retry.max_retry_after_seconds * 1000,
    failover: fallback.enabled,
    maxFurtherTargets: fallback.max_fallback_attempts,
    triggers: new Set(fallback.triggers),
    nextOnContextWindow: fallback.context_window === "next",
    nextOnContentPolicy: fallback.content_policy === "next",
    totalTimeoutMs: providers.total_timeout_seconds * 1000,
    hedging: hedgingOf(providers.routing),
  };
}

function hedgingOf({ hedge, min_sample_count, window_seconds }: Config["providers"]["routing"]): Hedging | null {
  if (!hedge.enabled) return null;
  return {
    quantile: hedge.quantile,
    minDelayMs: hedge.min_delay_ms,
    minSamples: min_sample_count,
    windowMs: window_seconds * 1000,
    share: new HedgeShare(hedge.max_share),
  };
}
