import type { Config } from "../../config/config.ts";
import type { BuildInfo } from "../../lib/build-info.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { FamilyReading } from "../../lib/metrics/registry.ts";
import { doneWithin } from "../../lib/pause.ts";
import type { Secret } from "../../lib/secret.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { Destination, Exporters } from "./exporters.ts";
import { metricsOf } from "./metrics.ts";
import { type Resource, spansOf } from "./spans.ts";

type Settings = NonNullable<Config["telemetry"]["otlp"]>;

/** Where everything goes, and how often metrics do. */
interface Wanted {
  readonly to: Destination;
  readonly metricsMs: number;
}

/** What an export works with. */
export interface OtlpParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly build: BuildInfo;
  /** What Prometheus would read now. */
  readonly families: () => readonly FamilyReading[];
  readonly secretOf: (ref: NonNullable<Settings["headers_ref"]>) => Secret | null;
  /** Loads and opens the exporters; OpenTelemetry's by default, which no process loads that does not export. */
  readonly open?: (to: Destination) => Promise<Exporters>;
}

/** What an export has done so far. */
export interface OtlpStats {
  readonly queued: number;
  readonly sent: number;
  /** Requests whose spans were not delivered: the queue was full, or the collector could not be reached. */
  readonly lost: number;
  readonly failing: boolean;
}

/** Requests that may wait; what comes when they do is counted as lost. */
export const MAX_QUEUED = 2048;
/** Requests of one sending. */
const BATCH = 256;
/** How long a request waits for company. */
const FLUSH_MS = 1000;
/** How long the end of the process waits for a collector. */
const CLOSE_MS = 3000;

/**
 * Sends spans and metrics to a collector. `push` only puts an event into a bounded queue; spans are made of it later, a
 * batch at a time and one batch after the other. Without `telemetry.otlp` a push is one comparison.
 */
export class OtlpExport {
  readonly #parts: OtlpParts;
  readonly #resource: Resource;
  readonly #sinceMs: number;
  #wanted: Wanted | null = null;
  #exporters: Promise<Exporters> | null = null;
  #queue: RequestEvent[] = [];
  #cancelFlush: (() => void) | null = null;
  #cancelMetrics: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #sent = 0;
  #lost = 0;
  #failing = false;

  constructor(parts: OtlpParts) {
    this.#parts = parts;
    this.#sinceMs = parts.clock.now();
    const { version } = parts.build;
    this.#resource = {
      attributes: { "service.name": "weir", "service.version": version, "service.instance.id": crypto.randomUUID() },
    } as unknown as Resource;
  }

  /**
   * Takes the settings of a configuration that was put in force, and what their headers are by now; null: nothing is
   * exported from now on. What waits behind the batch that is under way goes where they say.
   */
  configure(settings: Settings | null): void {
    const wanted = settings === null ? null : this.#wantedBy(settings);
    if (Bun.deepEquals(wanted, this.#wanted)) return;
    const before = this.#exporters;
    if (before !== null) void this.#flush().then(() => closeQuietly(before));
    this.#cancelMetrics?.();
    this.#wanted = wanted;
    this.#exporters = wanted === null ? null : (this.#parts.open ?? load)(wanted.to);
    if (wanted !== null) this.#armMetrics(wanted.metricsMs);
  }

  /** One finished request. Never blocks, never throws. */
  push(event: RequestEvent): void {
    if (this.#exporters === null || event.trace?.sampled !== true) return;
    if (this.#queue.length >= MAX_QUEUED) {
      this.#lost++;
      return;
    }
    this.#queue.push(event);
    if (this.#queue.length >= BATCH) void this.#flush();
    else this.#cancelFlush ??= this.#parts.clock.after(FLUSH_MS, () => void this.#flush());
  }

  stats(): OtlpStats {
    return { queued: this.#queue.length, sent: this.#sent, lost: this.#lost, failing: this.#failing };
  }

  /** Sends what there is, waits for it for three seconds at most, and sends no more. */
  async close(): Promise<void> {
    const exporters = this.#exporters;
    if (exporters === null) return;
    this.#cancelMetrics?.();
    const all = Promise.all([this.#flush(), this.#sendMetrics(exporters)]).then(() => closeQuietly(exporters));
    await doneWithin(CLOSE_MS, all, this.#parts.clock);
    this.#exporters = null;
    this.#cancelFlush?.();
  }

  /** Null where the headers cannot be had: without them a collector would only refuse. */
  #wantedBy({ endpoint, headers_ref, metrics_interval_seconds }: Settings): Wanted | null {
    const { log, secretOf } = this.#parts;
    const secret = headers_ref === undefined ? null : secretOf(headers_ref);
    const headers = secret === null ? {} : headersOf(secret.reveal());
    if ((headers_ref !== undefined && secret === null) || headers === null) {
      const why = secret === null ? "is not set or empty" : "is not of the form key=value,key=value";
      log.warn({}, `what telemetry.otlp.headers_ref names ${why}: traces and metrics are not exported`);
      return null;
    }
    return { to: { endpoint, headers }, metricsMs: metrics_interval_seconds * 1000 };
  }

  #armMetrics(ms: number): void {
    this.#cancelMetrics = this.#parts.clock.after(ms, () => {
      const exporters = this.#exporters;
      if (exporters !== null) void this.#sendMetrics(exporters);
      this.#armMetrics(ms);
    });
  }

  async #sendMetrics(exporters: Promise<Exporters>): Promise<void> {
    const { clock, families } = this.#parts;
    await this.#try(async () => {
      const metrics = metricsOf(families(), this.#resource, { sinceMs: this.#sinceMs, nowMs: clock.now() });
      await (await exporters).metrics(metrics);
    });
  }

  #flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #drain(): Promise<void> {
    let exporters = this.#exporters;
    while (exporters !== null && this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      const to = exporters;
      const delivered = await this.#try(async () => {
        await (await to).traces(batch.flatMap((event) => spansOf(event, this.#resource)));
      });
      // what waits until it is delivered or given up counts for the bound
      this.#queue = this.#queue.slice(batch.length);
      if (delivered) this.#sent += batch.length;
      else this.#lost += batch.length;
      exporters = this.#exporters ?? exporters;
    }
  }

  async #try(send: () => Promise<void>): Promise<boolean> {
    try {
      await send();
      if (this.#failing) this.#parts.log.info(this.stats(), "telemetry can be exported again");
      this.#failing = false;
      return true;
    } catch (thrown) {
      if (!this.#failing) this.#parts.log.warn({ reason: reasonOf(thrown) }, "telemetry could not be exported");
      this.#failing = true;
      return false;
    }
  }
}

async function load(to: Destination): Promise<Exporters> {
  return (await import("./exporters.ts")).openExporters(to);
}

async function closeQuietly(exporters: Promise<Exporters>): Promise<void> {
  await exporters.then((open) => open.close()).catch(() => {});
}

/** Why a sending failed, without what a collector answered or where it is: both may hold a secret. */
function reasonOf(thrown: unknown): string {
  const { name, code } = thrown as { name?: unknown; code?: unknown };
  return [name, code].filter((part) => typeof part === "string" || typeof part === "number").join(" ") || "unknown";
}

/** `key=value,key=value` with percent-encoded values (OTEL_EXPORTER_OTLP_HEADERS); null: it is not that. */
export function headersOf(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",")) {
    if (pair.trim() === "") continue;
    const at = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, at)).trim();
    try {
      const value = decodeURIComponent(pair.slice(at + 1).trim());
      new Headers({ [name]: value });
      headers[name] = value;
    } catch {
      return null;
    }
  }
  return headers;
}
