import type { Config } from "../../config/config.ts";
import { createGateway } from "../../gateway/build.ts";
import type { RunningGateway } from "../../gateway/gateway.ts";
import type { Runtime } from "../../gateway/gateway-api.ts";
import { buildInfo } from "../../lib/build-info.ts";
import { systemClock } from "../../lib/clock.ts";
import { connectTime } from "../../lib/connect-time.ts";
import { MINUTE_MS } from "../../lib/durations.ts";
import { addGauges } from "../../server/metrics/gauges.ts";
import { addGridGauges } from "../../server/metrics/grid-gauges.ts";
import { LiveRuntime } from "../../server/runtime.ts";
import { pooledRuntime } from "../workers/pooled-runtime.ts";
import type { Core } from "./core.ts";
import type { ServiceOptions } from "./service.ts";

type RuntimeOptions = Pick<ServiceOptions, "load" | "failMode">;

/** The runtime of this thread, and as it is with its workers; both are read by the metrics from now on. */
export function buildRuntime(config: Config, options: RuntimeOptions, core: Core) {
  const live = liveRuntime(config, options, core);
  const runtime = withWorkers(live, core);
  addGridGauges(core.metrics, core.grid, systemClock);
  addGauges(core.metrics, {
    runtime,
    build: buildInfo,
    ledger: () => core.writer.stats(),
    counters: () => core.counters.stats(),
  });
  return { live, runtime };
}

function liveRuntime(config: Config, { load, failMode }: RuntimeOptions, core: Core): LiveRuntime<RunningGateway> {
  const { log, ledger, writer, guard, metrics, io, pool } = core;
  return new LiveRuntime<RunningGateway>(config, {
    load,
    build: (next, previous) =>
      createGateway({
        config: next,
        services: {
          fetch,
          clock: systemClock,
          connectTime,
          ledger: writer,
          receipts: core.receipts.desk,
          digest: core.digest,
          escalations: core.escalations,
        },
        env: io.env,
        log,
        guard,
        failMode,
        onEvent: (event) => metrics.record(event),
        observer: {
          breakerChanged: (target, change) => metrics.breakerChanged(target, change),
          probed(target, result) {
            metrics.probed(target, result.error === null);
            pool?.probed(target, result);
          },
        },
        admits: () => !writer.full(),
        counters: core.counters,
        signals: core.grid.table,
        ...(previous === null ? {} : { previous }),
      }),
    onSwap(next) {
      core.setLevel(next.telemetry.log.level);
      core.escalations.ttlMs = next.policies.escalation_ttl_minutes * MINUTE_MS;
      core.telemetry.configure(next);
      const logAllAccess = next.policy["audit-logger"]?.["log_all_access"] === true;
      // commands beside the gateway read it there; the gateway itself knows it whatever becomes of this
      Promise.resolve(ledger.setAudit({ logAllAccess })).catch((err: unknown) =>
        log.error({ err }, "log_all_access could not be written down for commands beside the gateway"),
      );
      for (const tell of core.onReload) tell();
    },
    onReloaded: (ok) => metrics.reloaded(ok),
    ledger,
    clock: systemClock,
    log,
  });
}

/** Workers are told what is put in force, and of the grids; without any the runtime is this thread's. */
function withWorkers(live: LiveRuntime<RunningGateway>, { pool, onReload, grid }: Core): Runtime {
  if (pool === null) return live;
  let configured = Promise.resolve();
  onReload.push(() => {
    configured = pool.configure(live.gateway.config);
  });
  grid.onChange(() => pool.signals(grid.table));
  return pooledRuntime(live, { pool, configured: () => configured });
}
