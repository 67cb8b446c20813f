import type { Config } from "../config/config.ts";
import type { Endpoint, RequestContext } from "../lib/context.ts";
import { GatewayError, toGatewayError } from "../lib/errors.ts";
import type { SpendingRecord } from "../lib/spending-file.ts";
import { continueTrace } from "../lib/trace-context.ts";
import type { Writable } from "../lib/writable.ts";
import type { PlaygroundAnswer, PlaygroundAsk } from "../schema/views/policies-view.ts";
import { withFacts } from "./answers/headers.ts";
import { ClientGone } from "./attempts/failure.ts";
import { GridSnapshot } from "./carbon/grid-snapshot.ts";
import { regionViews } from "./carbon/region-views.ts";
import type { Ending } from "./ending.ts";
import type { Caller, Gateway, ModelView, ProbeTask, Readiness, RegionView, TargetView } from "./gateway-api.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { chainNamed, playground } from "./playground.ts";
import { RequestRecord } from "./record.ts";
import type { ProbeResult } from "./targets/probe-state.ts";
import { probeTasks } from "./targets/probe-tasks.ts";
import { liveKey, type TargetLive } from "./targets/target.ts";
import { modelViews, readinessOf, targetView } from "./views.ts";
import { type Way, walk, wayOf } from "./walk.ts";

/** What of a gateway goes on in the one that replaces it. */
type HandedOn = "breakers" | "counters" | "queue" | "room" | "services" | "signals" | "table" | "underWay";

/** A running gateway: what is in flight, how each request ended, and what others may know of it. */
export class RunningGateway implements Gateway {
  readonly config: Config;
  readonly configHash: string;
  readonly #parts: GatewayParts;
  readonly #way: Way;
  readonly #traced: boolean;
  #inFlight = 0;
  #idle: (() => void)[] = [];

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.config = parts.config;
    this.configHash = parts.configHash;
    this.#way = wayOf(parts);
    this.#traced = parts.config.telemetry.otlp !== undefined;
  }

  async answer(endpoint: Endpoint, request: Request, caller: Caller): Promise<Response> {
    const { clock } = this.#parts.services;
    const startedMs = clock.monotonic();
    const traceparent = request.headers.get("traceparent");
    const context: Writable<RequestContext> = {
      id: caller.id,
      endpoint,
      receivedAtMs: clock.now(),
      startedMs,
      deadlineMs: startedMs + this.#way.totalTimeoutMs,
      consumer: null,
      headers: request.headers,
      traceparent,
      ...(this.#traced ? { trace: continueTrace(traceparent) } : {}),
      stream: false,
      signal: request.signal,
      log: this.#parts.log,
    };
    const record = new RequestRecord(context, this.configHash);
    this.#inFlight++;
    this.#parts.underWay.count++;
    try {
      const settle = (ending: Ending) => this.#settle(record, ending, caller);
      return await walk(this.#way, request, { context, record, caller, settle });
    } catch (thrown) {
      const told = (await context.escalation?.held(thrown)) ?? thrown;
      throw this.#refuse(told, record, { caller, signal: request.signal });
    } finally {
      const told = this.#parts.breakers?.told() ?? null;
      if (told !== null) await told;
    }
  }

  /** Records a request that got no answer, and gives the error for it. */
  #refuse(
    thrown: unknown,
    record: RequestRecord,
    { caller, signal }: { caller: Caller; signal: AbortSignal },
  ): GatewayError {
    if (thrown instanceof ClientGone || (!(thrown instanceof GatewayError) && signal.aborted)) {
      this.#settle(record, { status: 499, outcome: "cancelled" }, caller);
      return new GatewayError("internal", "The client went away before the answer", { status: 499 });
    }
    const error = toGatewayError(thrown);
    if (error.code === "internal")
      this.#parts.log.error({ err: error.details.cause }, "a request failed inside the gateway");
    this.#settle(record, { status: error.status, outcome: error.code }, caller);
    return withFacts(error, record, this.#parts.services.clock.monotonic());
  }

  #settle(record: RequestRecord, ending: Ending, caller: Caller): void {
    caller.answered?.();
    const event = record.event(ending, this.#parts.services.clock.monotonic());
    record.pass?.settle(record.attempts, event.carbon?.gco2e ?? null);
    if (record.hasPlace) this.#parts.queue.leave();
    this.#parts.room.leave(record.keptBytes);
    this.#parts.onEvent(event, record.context);
    this.#parts.underWay.count--;
    if (--this.#inFlight > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  /** The live state of every target, by what must be the same for it to be carried over. */
  lives(): ReadonlyMap<string, TargetLive> {
    return new Map(this.#parts.table.targets.map(({ config, live }) => [liveKey(config), live]));
  }

  async tryPolicies(ask: PlaygroundAsk): Promise<PlaygroundAnswer> {
    return playground(this.#parts.chainOf(chainNamed(this.config, ask.chain)), ask);
  }

  targets(): readonly TargetView[] {
    const { config, services, table } = this.#parts;
    return table.targets.map((target) => targetView(target, { config, clock: services.clock }));
  }

  spending(): SpendingRecord | null {
    const { counters, limits } = this.#parts;
    const own = Object.entries(counters.spending() ?? {}).filter(([owner]) => limits?.kept.owners.has(owner));
    return own.length === 0 ? null : Object.fromEntries(own);
  }

  probes(): readonly ProbeTask[] {
    const { table, services, watch } = this.#parts;
    return this.config.pack.enabled ? probeTasks(table.targets, services, watch) : [];
  }

  /** Books what somebody else's probe of a target said. */
  probed(id: string, result: ProbeResult): void {
    const target = this.#parts.table.targets.find((each) => each.id === id);
    target?.live.probe.book(result, this.#parts.services.clock.monotonic());
  }

  /** What a reload hands on: counts of limits, the places of requests, and what policies remember. */
  handover(): Pick<GatewayParts, HandedOn> {
    return this.#parts;
  }

  models(headers: Headers | null): readonly ModelView[] {
    const { table, limits } = this.#parts;
    return modelViews(table, headers === null ? null : (limits?.consumerOf(headers) ?? null));
  }

  consumer(headers: Headers): string | null {
    return this.#parts.limits?.consumerOf(headers)?.id ?? null;
  }

  regions(headers: Headers | null, targets = this.targets()): readonly RegionView[] {
    const { table, limits, signals, services } = this.#parts;
    const consumer = headers === null ? null : (limits?.consumerOf(headers) ?? null);
    return regionViews({ table, targets, consumer, grids: new GridSnapshot(signals, services.clock.now()) });
  }

  readiness(): Readiness {
    return readinessOf(this.#parts);
  }

  inFlight(): number {
    return this.#parts.underWay.count;
  }

  queued(): number {
    return this.#parts.queue.waiting;
  }

  cut(): void {
    const stops = "The gateway is stopping, and the time that requests had to end is over: try again";
    const reason = new GatewayError("overloaded", stops, { retryAfterMs: 1000 });
    for (const each of [this.#parts.ticker, this.#parts.queue]) each.end(reason);
  }

  drained(): Promise<void> {
    return this.#inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }
}
