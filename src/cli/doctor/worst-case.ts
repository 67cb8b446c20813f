import type { Config, ModelGroupConfig, ProviderName, TargetConfig } from "../../config/config.ts";
import { fallbacksOf } from "../../gateway/routes/table.ts";
import { thousandths } from "../../lib/thousandths.ts";
import { providers } from "../../providers/index.ts";

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
 * For every route: every try at every target ends at its last moment, every wait between them is the longest, and a
 * stream that breaks off is gone on with as often as may be; ended by `total_timeout_seconds` where that comes first.
 */
export function worstCases(config: Config): readonly WorstCase[] {
  const { targets: all, strategy: usual, total_timeout_seconds: cap } = config.providers;
  const byId = new Map(all.map((target) => [target.id, target]));
  const askedOf = ({ strategy, targets }: ModelGroupConfig): TargetConfig[] => {
    const found = targets.flatMap((id) => byId.get(id) ?? []);
    return (strategy ?? usual) === "single" ? found.slice(0, 1) : found;
  };
  const most = targetsAsked(config);
  const groups = config.model_groups.map((group) => ({
    name: group.name,
    targets: [...new Set([group, ...fallbacksOf(group, config)].flatMap(askedOf))],
    count: most,
  }));
  // which target is the first for a request depends on what it asks for
  const routes = [{ name: "default", targets: all, count: usual === "single" ? 1 : most }, ...groups];
  return routes.map(({ name, targets, count }) => {
    const plain = attemptsSeconds(config, count, targets.map(plainSeconds));
    const stream = attemptsSeconds(config, count, targets.map(streamSeconds)) + resumeSeconds(config, targets);
    return {
      route: name,
      plainSeconds: thousandths(Math.min(plain, cap)),
      streamSeconds: thousandths(Math.min(stream, cap)),
      capped: plain > cap || stream > cap,
    };
  });
}

const plainSeconds = (target: TargetConfig): number => target.timeout_seconds;
/** A caller may ask for thinking, and then the first token may take as long as the stream. */
const streamSeconds = (target: TargetConfig): number => target.stream_timeout_seconds;

function targetsAsked({ providers: { fallback } }: Config): number {
  return fallback.enabled ? 1 + fallback.max_fallback_attempts : 1;
}

/** The slowest so many targets, each with all its tries and waits. */
function attemptsSeconds(config: Config, count: number, timeouts: readonly number[]): number {
  const slowest = [...timeouts].sort((a, b) => b - a).slice(0, count);
  const { max_attempts } = config.providers.retry;
  return slowest.reduce((sum, timeout) => sum + max_attempts * timeout + waitsSeconds(config), 0);
}

/** The waits between all tries at one target: each the backoff at its longest, or the longest `Retry-After` waited for. */
function waitsSeconds({ providers: { retry } }: Config): number {
  const asked = retry.retry_on_status.length > 0 ? retry.max_retry_after_seconds * 1000 : 0;
  let sum = 0;
  for (let tries = 1; tries < retry.max_attempts; tries++) {
    const backoff = retry.initial_backoff_ms * retry.multiplier ** (tries - 1) * (1 + retry.jitter);
    sum += Math.max(Math.min(retry.max_backoff_ms, backoff), asked);
  }
  return sum / 1000;
}

/** What going on with a stream that breaks off adds, again and again at its last moment. */
function resumeSeconds({ providers: { fallback } }: Config, targets: readonly TargetConfig[]): number {
  if (!fallback.enabled || fallback.stream_resume === "off") return 0;
  const able = targets.filter(({ provider_type }) => providers[provider_type as ProviderName].continuesPrefix);
  const asked = fallback.stream_resume === "realign" ? targets : able;
  return fallback.max_fallback_attempts * Math.max(0, ...asked.map(streamSeconds));
}
