import type { Config, TargetConfig } from "../../config/config.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { BreakerRules, Transition } from "./circuit-breaker.ts";
import { type ProbeChange, type ProbeResult, ProbeState } from "./probe-state.ts";
import type { Target } from "./target.ts";

/** Who counts what happens to targets: metrics. */
export interface TargetObserver {
  breakerChanged(target: string, change: { readonly from: string; readonly to: string }): void;
  probed(target: string, result: ProbeResult): void;
}

/** Who is told when the state of a target changes. */
export interface Watch {
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: nobody counts. */
  readonly observer?: TargetObserver | undefined;
}

/** Puts a configuration's rules in force for the live state of its targets, and has every change logged and counted. */
export function watchTargets(targets: readonly Target[], config: Config, watch: Watch): void {
  const rules = breakerRules(config);
  for (const { config: target, live } of targets) {
    const changed = (change: Transition): void => {
      const { from, to, reason } = change;
      live.changes.unshift({ atMs: watch.clock.now(), from, to, reason });
      live.changes.length = Math.min(live.changes.length, KEPT_CHANGES);
      tellOfBreaker(target, change, watch);
    };
    live.breaker.configure(rules, changed, watch.clock.monotonic());
    live.stats.windowMs = config.providers.routing.window_seconds * 1000;
    if (target.health_probe?.enabled !== true) live.probe = new ProbeState();
  }
}

/** Changes of a breaker that are remembered. */
export const KEPT_CHANGES = 20;
/** How long after a request's deadline a trial that has not ended counts as lost with its process. */
const TRIAL_SLACK_MS = 60_000;

function breakerRules({ providers }: Config): BreakerRules {
  const { circuit_breaker: breaker, total_timeout_seconds: seconds } = providers;
  return {
    trialMs: seconds * 1000 + TRIAL_SLACK_MS,
    enabled: breaker.enabled,
    failureThreshold: breaker.failure_threshold,
    windowMs: breaker.window_seconds * 1000,
    failureRate: breaker.failure_rate,
    minimumRequests: breaker.minimum_requests,
    recoveryMs: breaker.recovery_timeout_seconds * 1000,
    halfOpenMax: breaker.half_open_max_requests,
  };
}

function tellOfBreaker({ id, description }: TargetConfig, change: Transition, { log, observer }: Watch): void {
  const { from, to, reason, openMs } = change;
  observer?.breakerChanged(id, change);
  const fields = { target: id, description: description ?? null, from, to, reason };
  if (openMs === null) log.info(fields, `circuit breaker: ${from} to ${to}`);
  else log.warn({ ...fields, half_open_in_seconds: openMs / 1000 }, `circuit breaker: ${from} to ${to}`);
}

/** Says that the verdict of a target's probes has changed. */
export function tellOfProbe({ id, description }: TargetConfig, change: ProbeChange, { log }: Watch): void {
  const fields = { target: id, description: description ?? null, from: change.from, to: change.to };
  if (change.error === null) log.info(fields, `health probe: ${change.from} to ${change.to}`);
  else log.warn({ ...fields, error: change.error }, `health probe: ${change.from} to ${change.to}`);
}
