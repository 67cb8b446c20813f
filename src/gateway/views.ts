import type { Config } from "../config/config.ts";
import { maskText } from "../config/mask.ts";
import type { Clock } from "../lib/clock.ts";
import { tenths } from "../lib/tenths.ts";
import type { Measure } from "../routing/strategy.ts";
import type { Consumer } from "./admission/consumers.ts";
import type { ModelView, Readiness, TargetView } from "./gateway-api.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { obstacleToAll } from "./routes/eligibility.ts";
import type { RouteTable } from "./routes/route.ts";
import { regionObjection } from "./routes/wish.ts";
import type { Target } from "./targets/target.ts";
import type { TargetStats } from "./targets/target-stats.ts";

/** What the configuration `all` says of a target, without a credential in it; null: nothing. */
export function shownText(all: Config, { config, position }: Target, key: "base_url" | "description"): string | null {
  const text = config[key];
  return text === undefined ? null : maskText(all, ["providers", "targets", position, key], text);
}

/** A target for people and for `/api/targets`; never its credential, nor one in its address. `all` holds it. */
export function targetView(target: Target, { config: all, clock }: { config: Config; clock: Clock }): TargetView {
  const { config, live } = target;
  const nowMs = clock.monotonic();
  const reason = target.unavailable ?? obstacleToAll(target, nowMs)?.reason ?? null;
  return {
    id: target.id,
    provider: config.provider,
    model: target.model,
    models: [...target.models.keys()],
    description: shownText(all, target, "description"),
    base_url: shownText(all, target, "base_url") ?? target.provider.baseUrl,
    region: target.place?.region.code ?? null,
    available: reason === null,
    reason,
    in_flight: live.inFlight,
    max_in_flight: config.max_in_flight ?? null,
    saturation: config.max_in_flight === undefined ? null : live.inFlight / config.max_in_flight,
    requests: live.requests,
    failures: live.failures,
    speed: speedOf(live.stats, nowMs),
    last_error: live.lastError,
    last_success_at: live.lastSuccessAtMs,
    ...healthView(target, nowMs, clock.now() - nowMs),
  };
}

function speedOf(stats: TargetStats, nowMs: number): TargetView["speed"] {
  const known = ({ averageMs, lastAtMs }: Measure): number | null =>
    averageMs === null || nowMs - lastAtMs > stats.windowMs ? null : averageMs;
  const [whole, stream] = [stats.of("chat", false), stats.of("chat", true)];
  const newer = stream.tokenTime.lastAtMs > whole.tokenTime.lastAtMs ? stream : whole;
  const tokenMs = known(newer.tokenTime);
  return {
    answer_ms: rounded(known(whole.latency)),
    first_token_ms: rounded(known(stream.latency)),
    tokens_per_second: tokenMs === null || tokenMs === 0 ? null : rounded(1000 / tokenMs),
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : tenths(value);
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
      history: live.changes.map(({ atMs, ...change }) => ({ at: Math.round(atMs), ...change })),
    },
    probe:
      config.health_probe?.enabled !== true
        ? null
        : {
            state: probe.state,
            since: probe.checkedAtMs === null ? null : at(probe.sinceMs),
            consecutive_failures: probe.consecutiveFailures,
            last_error: probe.lastError,
            latency_ms: rounded(probe.latencyMs),
            checked_at: at(probe.checkedAtMs),
          },
  };
}

/** What a caller may use as `model`: groups, aliases, models, target ids, each once; null: nobody is limited. */
export function modelViews(table: RouteTable, consumer: Consumer | null): readonly ModelView[] {
  const isNear = (target: Target): boolean =>
    consumer === null || regionObjection({ pin: consumer.pin, allowed: consumer.regions }, target, false) === null;
  const owners = new Map<string, string>();
  for (const group of table.groups) {
    if (![group, ...group.fallbacks].some(({ targets }) => targets.some(isNear))) continue;
    for (const name of group.names) owners.set(name, "weir");
  }
  const targets = table.targets.filter((target) => target.unavailable === null && isNear(target));
  for (const target of targets) {
    for (const name of [target.model, ...target.models.keys()])
      if (!owners.has(name)) owners.set(name, target.config.provider);
  }
  for (const { id, config } of targets) if (!owners.has(id)) owners.set(id, config.provider);
  const all = [...owners].map(([id, owned_by]) => ({ id, owned_by }));
  const names = consumer?.models?.names;
  return names === undefined ? all : all.filter(({ id }) => names.has(id));
}

/** Whether model requests are taken, and every reason why not; a target that is only resting is none. */
export function readinessOf({ config, counters, admits, table }: GatewayParts): Readiness {
  const reasons: string[] = [];
  if (!config.pack.enabled) reasons.push("pack.enabled is false");
  if (counters.stats().refusing) reasons.push("the shared counters cannot be reached");
  if (!admits()) reasons.push("the ledger cannot take events");
  if (table.targets.every(({ unavailable }) => unavailable !== null)) reasons.push("no target is available");
  return { ready: reasons.length === 0, reasons };
}
