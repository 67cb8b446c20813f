import type { Clock } from "../lib/clock.ts";
import { obstacleOf } from "./eligibility.ts";
import type { ModelView, TargetView } from "./gateway-api.ts";
import type { RouteTable } from "./route.ts";
import type { Target } from "./target.ts";

/** A target for people and for `/api/targets`; never its credential. */
export function targetView(target: Target, clock: Clock): TargetView {
  const { config, live } = target;
  const nowMs = clock.monotonic();
  const reason = target.unavailable ?? obstacleOf(target, nowMs)?.reason ?? null;
  return {
    id: target.id,
    provider: config.provider,
    model: target.model,
    models: [...target.models.keys()],
    description: config.description ?? null,
    base_url: config.base_url ?? target.provider.baseUrl,
    region: target.place?.region.code ?? null,
    available: reason === null,
    reason,
    in_flight: live.inFlight,
    requests: live.requests,
    failures: live.failures,
    last_error: live.lastError,
    last_success_at: live.lastSuccessAtMs,
    ...healthView(target, nowMs, clock.now() - nowMs),
  };
}

/** Breaker and probe; `zeroMs` is the epoch time of the monotonic clock's zero. */
function healthView({ config, live }: Target, nowMs: number, zeroMs: number): Pick<TargetView, "breaker" | "probe"> {
  const at = (ms: number | null): number | null => (ms === null ? null : Math.round(zeroMs + ms));
  const breaker = live.breaker.view(nowMs);
  const { view: probe } = live.probe;
  return {
    breaker: {
      state: breaker.state,
      since: at(breaker.sinceMs),
      half_open_at: at(breaker.halfOpenAtMs),
      consecutive_failures: breaker.consecutiveFailures,
      resting_until: at(breaker.restingUntilMs),
    },
    probe:
      config.health_probe?.enabled !== true
        ? null
        : {
            state: probe.state,
            since: probe.checkedAtMs === null ? null : at(probe.sinceMs),
            consecutive_failures: probe.consecutiveFailures,
            last_error: probe.lastError,
            latency_ms: probe.latencyMs === null ? null : Math.round(probe.latencyMs * 10) / 10,
            checked_at: at(probe.checkedAtMs),
          },
  };
}

/** What a caller may use as `model`: groups, aliases, models, target ids, each once. */
export function modelViews(table: RouteTable): readonly ModelView[] {
  const owners = new Map<string, string>();
  for (const group of table.groups) for (const name of group.names) owners.set(name, "weir");
  for (const target of table.targets) {
    if (target.unavailable !== null) continue;
    for (const name of [target.model, ...target.models.keys()])
      if (!owners.has(name)) owners.set(name, target.config.provider);
  }
  for (const target of table.targets) {
    if (target.unavailable === null && !owners.has(target.id)) owners.set(target.id, target.config.provider);
  }
  return [...owners].map(([id, owned_by]) => ({ id, owned_by }));
}
