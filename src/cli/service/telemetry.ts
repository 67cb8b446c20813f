import type { Config } from "../../config/config.ts";
import { resolveSecret } from "../../config/secret-ref.ts";
import { buildInfo } from "../../lib/build-info.ts";
import { systemClock } from "../../lib/clock.ts";
import { createMetrics, type Metrics } from "../../lib/metrics/metrics.ts";
import { OtlpExport } from "../../server/otlp/otlp.ts";
import type { Io } from "../command.ts";
import type { ProcessLog } from "./log.ts";
import { RequestLog } from "./request-log.ts";

/** What a process tells of its requests: metrics, spans, and a line of the log for each. */
export interface Telemetry {
  /** Every event that is recorded here is counted, exported and logged. */
  readonly metrics: Metrics;
  /** To be called with every configuration that is put in force. */
  configure(config: Config): void;
  /** Writes and sends what waits. */
  close(): Promise<void>;
}

/** Opens the three; nothing is exported before a configuration says so. */
export function openTelemetry({ log, many }: Pick<ProcessLog, "log" | "many">, { env }: Pick<Io, "env">): Telemetry {
  const metrics = createMetrics();
  const otlp = new OtlpExport({
    clock: systemClock,
    log,
    build: buildInfo,
    families: () => metrics.read(),
    secretOf: (ref) => resolveSecret(ref, { env }),
  });
  const lines = new RequestLog({ many }, systemClock);
  const number = (name: string, help: string, read: () => number) =>
    metrics.total({ name, help, labels: [] }, () => [[[], read()]]);
  number("weir_otlp_sent_requests_total", "Requests whose spans a collector took", () => otlp.stats().sent);
  number("weir_otlp_lost_requests_total", "Requests whose spans were not delivered", () => otlp.stats().lost);
  return {
    metrics: {
      ...metrics,
      record(event) {
        metrics.record(event);
        otlp.push(event);
        lines.push(event);
      },
      recordRoute(route, method, status) {
        metrics.recordRoute(route, method, status);
        log.debug({ route, method, status }, "request of another route");
      },
    },
    configure: ({ telemetry }) => otlp.configure(telemetry.otlp ?? null),
    async close() {
      lines.flush();
      await otlp.close();
    },
  };
}
