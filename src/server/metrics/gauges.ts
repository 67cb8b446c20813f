import type { Gateway, Runtime } from "../../gateway/gateway-api.ts";
import type { BuildInfo } from "../../lib/build-info.ts";
import type { Metrics } from "../../lib/metrics/metrics.ts";
import { NANO } from "../../lib/nano.ts";
import type { CounterStats } from "../../store/counters/counters.ts";
import { Spending } from "../../store/counters/spending.ts";
import type { WriterStats } from "../../store/ledger/writer.ts";

/** Where the gauges are read. */
export interface GaugeSources {
  readonly runtime: Runtime;
  readonly build: BuildInfo;
  readonly ledger: () => WriterStats;
  readonly counters: () => CounterStats;
}

/** Adds what is read rather than counted: requests under way, targets, configuration, ledger, process. */
export function addGauges(metrics: Metrics, { runtime, build, ledger, counters }: GaugeSources): void {
  const one: AddOne = (name, help, read) => metrics.gauge({ name, help, labels: [] }, () => [[[], read()]]);
  const total: AddOne = (name, help, read) => metrics.total({ name, help, labels: [] }, () => [[[], read()]]);
  addBudget(metrics, runtime);
  metrics.gauge({ name: "weir_config_info", help: "The configuration in force", labels: ["config", "pack"] }, () => {
    const { configHash, config } = runtime.gateway;
    return [[[configHash, `${config.pack.name} ${config.pack.version}`], 1]];
  });
  metrics.gauge({ name: "weir_build_info", help: "What is running", labels: ["version", "commit", "bun"] }, () => [
    [[build.version, build.commit, build.bun], 1],
  ]);
  one("weir_requests_in_flight", "Requests not answered to the end", () => runtime.gateway.inFlight());
  one("weir_requests_queued", "Requests that wait for a place", () => runtime.gateway.queued());
  one("weir_ready", "What /readyz says", () => Number(runtime.gateway.readiness().ready));
  one(
    "weir_config_loaded_timestamp_seconds",
    "When the configuration was put in force",
    () => runtime.loadedAtMs / 1000,
  );
  one("weir_config_last_reload_successful", "0 while the last reload was refused", () =>
    Number(runtime.lastReloadErrors.length === 0),
  );
  addTargets(metrics, runtime);
  addStores(one, total, { ledger, counters });
  addProcess(one, total);
}

type AddOne = (name: string, help: string, read: () => number) => void;

/** How each target does, and what its probes say. */
function addTargets(metrics: Metrics, runtime: Runtime): void {
  const perTarget = (name: string, help: string, read: (target: TargetRow) => number) =>
    metrics.gauge({ name, help, labels: ["target"] }, () =>
      runtime.gateway.targets().map((target) => [[target.id], read(target)]),
    );
  const perProbe = (name: string, help: string, read: (probe: Probe) => number | null) =>
    metrics.gauge({ name, help, labels: ["target"] }, () =>
      runtime.gateway.targets().flatMap(({ id, probe }) => {
        const value = probe === null ? null : read(probe);
        return value === null ? [] : [[[id], value] as const];
      }),
    );
  perTarget("weir_target_available", "Whether a target can be asked", (target) => Number(target.available));
  perTarget("weir_target_requests_in_flight", "Attempts that have not ended", (target) => target.in_flight);
  perTarget("weir_breaker_state", "Circuit breaker: 0 closed or off, 1 half open, 2 open", ({ breaker }) =>
    breaker.state === "open" ? 2 : Number(breaker.state === "half_open"),
  );
  perTarget("weir_target_resting", "1 while a target is left alone after a 429", ({ breaker }) =>
    Number(breaker.resting_until !== null),
  );
  perProbe("weir_probe_healthy", "What health probes say: 1 healthy, 0 unhealthy", ({ state }) =>
    state === "unknown" ? null : Number(state === "healthy"),
  );
  perProbe("weir_probe_latency_seconds", "How long the last health probe took", ({ latency_ms }) =>
    latency_ms === null ? null : latency_ms / 1000,
  );
}

/** The ledger's queue, and the shared counters. */
function addStores(one: AddOne, total: AddOne, { ledger, counters }: Pick<GaugeSources, "ledger" | "counters">): void {
  one("weir_ledger_queued_events", "Events that wait to be written", () => ledger().queued);
  total("weir_ledger_written_events_total", "Events written by this process", () => ledger().written);
  total("weir_ledger_lost_events_total", "Events that could not be kept", () => ledger().lost);
  total(
    "weir_ledger_failures_total",
    "Batches that could not be written and were tried again",
    () => ledger().failures,
  );
  one("weir_ledger_failing", "1 while the store fails", () => Number(ledger().failing));
  one("weir_counters_failing", "1 while shared counters cannot be reached", () => Number(counters().failing));
  total(
    "weir_counters_failures_total",
    "How often shared counters could not be reached or asked",
    () => counters().failures,
  );
}

/** What Prometheus' own clients say of a process, by the same names. */
function addProcess(one: AddOne, total: AddOne): void {
  one("process_resident_memory_bytes", "Resident memory size in bytes", () => process.memoryUsage.rss());
  total("process_cpu_seconds_total", "User and system CPU time spent so far", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  const startedAt = Date.now() / 1000 - process.uptime();
  one("process_start_time_seconds", "Start time of the process since the epoch", () => startedAt);
}

/** What counts against budgets; the label is the setting: `budgets` for all, else that of a consumer. */
function addBudget(metrics: Metrics, runtime: Runtime): void {
  metrics.gauge(
    {
      name: "weir_budget_spent_usd",
      help: "Spent against a budget in the day and month (UTC)",
      labels: ["budget", "period"],
    },
    () =>
      spentOf(runtime, false).flatMap(([budget, { today, thisMonth }]) => [
        [[budget, "day"], today / NANO] as const,
        [[budget, "month"], thisMonth / NANO] as const,
      ]),
  );
  metrics.gauge(
    {
      name: "weir_budget_spent_gco2e",
      help: "Emissions counted against a budget (gco2e_per_day) in the day (UTC), in gCO2e",
      labels: ["budget"],
    },
    () => spentOf(runtime, true).map(([budget, { today }]) => [[budget], today / NANO]),
  );
}

/** What was spent against budgets of money, or of emissions, as it stands now. */
function spentOf(runtime: Runtime, emissions: boolean) {
  const all = Object.entries(runtime.gateway.spending() ?? {});
  const asked = all.filter(([budget]) => budget.endsWith(".gco2e_per_day") === emissions);
  return asked.map(([budget, spent]) => [budget, new Spending(spent).at(Date.now())] as const);
}

type TargetRow = ReturnType<Gateway["targets"]>[number];
type Probe = NonNullable<TargetRow["probe"]>;
