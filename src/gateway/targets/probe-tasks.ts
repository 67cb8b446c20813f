import type { Services } from "../../lib/context.ts";
import type { ProbeTask } from "../gateway-api.ts";
import { probeTarget } from "./probe.ts";
import type { Target } from "./target.ts";
import { tellOfProbe, type Watch } from "./target-watch.ts";

/** The probes of a configuration: one per target that asks for it and can be asked. */
export function probeTasks(targets: readonly Target[], services: Services, watch: Watch): readonly ProbeTask[] {
  return targets.flatMap((target) => {
    const { config, unavailable } = target;
    if (config.health_probe?.enabled !== true || unavailable !== null) return [];
    return [taskOf(target, config.health_probe, { services, watch })];
  });
}

function taskOf(
  target: Target,
  settings: NonNullable<Target["config"]["health_probe"]>,
  { services, watch }: { services: Services; watch: Watch },
): ProbeTask {
  const { config, live, headers } = target;
  const intervalMs = settings.interval_seconds * 1000;
  const timeoutMs = settings.timeout_seconds * 1000;
  return {
    // a changed key of the same name is a change too; it is hashed so that it stands nowhere
    key: `${target.id} ${Bun.hash(JSON.stringify([config, headers])).toString(36)}`,
    intervalMs,
    async run(signal) {
      const state = live.probe;
      const result = await probeTarget(target, { services, limitMs: state.limitMs(timeoutMs), signal });
      if (signal.aborted) return intervalMs;
      const nowMs = services.clock.monotonic();
      const change = state.book(result, nowMs);
      watch.observer?.probed(target.id, result);
      if (change !== null) tellOfProbe(config, change, watch);
      return state.plan(intervalMs, result.latencyMs, nowMs);
    },
  };
}
