import type { Config, TargetConfig } from "../config/config.ts";

/** How long a request of one route may take at the very worst. */
export interface WorstCase {
  /** Name of a model group, or `default` for requests that name none. */
  readonly route: string;
  readonly plainSeconds: number;
  readonly streamSeconds: number;
  /** Whether the total timeout is what ends it. */
  readonly capped: boolean;
}

/**
 * For every route: all attempts at all targets time out and every wait between them is the longest, ended by
 * `total_timeout_seconds` where that comes first.
 */
export function worstCases(config: Config): readonly WorstCase[] {
  const { providers } = config;
  const byId = new Map(providers.targets.map((target) => [target.id, target]));
  const groups = config.model_groups.map((group) => ({
    name: group.name,
    strategy: group.strategy ?? providers.strategy,
    targets: group.targets.flatMap((id) => byId.get(id) ?? []),
  }));
  const all = [{ name: "default", strategy: providers.strategy, targets: providers.targets }, ...groups];
  return all.map(({ name, strategy, targets }) => {
    const asked = targetsAsked(config, strategy, targets);
    const plain = asked.reduce((sum, target) => sum + targetSeconds(config, target.timeout_seconds), 0);
    const stream = asked.reduce((sum, target) => sum + targetSeconds(config, target.stream_timeout_seconds), 0);
    const cap = providers.total_timeout_seconds;
    return {
      route: name,
      plainSeconds: Math.min(plain, cap),
      streamSeconds: Math.min(stream, cap),
      capped: plain > cap || stream > cap,
    };
  });
}

function targetsAsked({ providers }: Config, strategy: string, targets: readonly TargetConfig[]) {
  const { enabled, max_fallback_attempts } = providers.fallback;
  const count = strategy === "single" || !enabled ? 1 : 1 + max_fallback_attempts;
  const seconds = (target: TargetConfig) => Math.max(target.timeout_seconds, target.stream_timeout_seconds);
  return [...targets].sort((a, b) => seconds(b) - seconds(a)).slice(0, count);
}

function targetSeconds({ providers }: Config, timeoutSeconds: number): number {
  const { max_attempts, max_backoff_ms, jitter, max_retry_after_seconds } = providers.retry;
  const wait = Math.max((max_backoff_ms / 1000) * (1 + jitter), max_retry_after_seconds);
  return max_attempts * timeoutSeconds + (max_attempts - 1) * wait;
}
