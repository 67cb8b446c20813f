import type { Config } from "../config/config.ts";
import type { Endpoint, RequestContext } from "../lib/context.ts";
import { GatewayError, toGatewayError } from "../lib/errors.ts";
import type { SpendingRecord } from "../lib/spending-file.ts";
import { continueTrace } from "../lib/trace-context.ts";
import type { Writable } from "../lib/writable.ts";
import { dialectOf } from "../providers/index.ts";
import type { PlaygroundAnswer, PlaygroundAsk } from "../schema/views/policies-view.ts";
import { openPass } from "./admission/limits.ts";
import { withFacts } from "./answers/headers.ts";
import { answerStream } from "./answers/stream.ts";
import { answerWhole } from "./answers/whole.ts";
import { askAgain } from "./attempts/again.ts";
import { askedOf } from "./attempts/asked.ts";
import { attempt } from "./attempts/attempt.ts";
import { ClientGone } from "./attempts/failure.ts";
import { answerPolicies } from "./attempts/quoted-words.ts";
import { type ResumeMode, Resumption } from "./attempts/resume.ts";
import { GridSnapshot } from "./carbon/grid-snapshot.ts";
import { RequestReceipt } from "./carbon/receipts.ts";
import { regionViews } from "./carbon/region-views.ts";
import { ridersOfStream } from "./carbon/riders.ts";
import type { Ending } from "./ending.ts";
import { startRun } from "./escalations.ts";
import type { Caller, Gateway, ModelView, ProbeTask, Readiness, RegionView, TargetView } from "./gateway-api.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { deadlineOf } from "./intake/deadline.ts";
import { type ReadRules, readBody } from "./intake/read-body.ts";
import { readRequest } from "./intake/read-request.ts";
import { takeIn } from "./intake/take-in.ts";
import { chainNamed, playground } from "./playground.ts";
import { RequestRecord } from "./record.ts";
import { routeOf } from "./routes/decide.ts";
import { readHints } from "./routes/hints.ts";
import { isLate, underPin } from "./routes/pinned.ts";
import { reserveRoute } from "./routes/reserve.ts";
import { chainFor } from "./routes/route.ts";
import { wishOf } from "./routes/wish.ts";
import type { ProbeResult } from "./targets/probe-state.ts";
import { probeTasks } from "./targets/probe-tasks.ts";
import { liveKey, type Target, type TargetLive } from "./targets/target.ts";
import { modelViews, readinessOf, targetView } from "./views.ts";

/** Bytes of an answer that are read where `size_limits.max_response_bytes` says nothing. */
const DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** A running gateway: the walk of a request, and what is in flight. */
export class RunningGateway implements Gateway {
  readonly config: Config;
  readonly configHash: string;
  readonly #parts: GatewayParts;
  readonly #reading: ReadRules;
  readonly #maxResponseBytes: number;
  readonly #totalTimeoutMs: number;
  readonly #resumeMode: ResumeMode;
  readonly #traced: boolean;
  #inFlight = 0;
  #idle: (() => void)[] = [];

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.config = parts.config;
    this.configHash = parts.configHash;
    const silenceMs = parts.config.server.idle_timeout_seconds * 1000;
    this.#reading = { limits: parts.config.size_limits, silenceMs, clock: parts.services.clock, ticker: parts.ticker };
    this.#maxResponseBytes = parts.config.size_limits.max_response_bytes ?? DEFAULT_MAX_RESPONSE_BYTES;
    this.#totalTimeoutMs = parts.config.providers.total_timeout_seconds * 1000;
    this.#traced = parts.config.telemetry.otlp !== undefined;
    const { enabled, stream_resume } = parts.config.providers.fallback;
    this.#resumeMode = enabled ? stream_resume : "off";
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
      deadlineMs: startedMs + this.#totalTimeoutMs,
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
    try {
      return await this.#walk(request, context, { record, caller });
    } catch (thrown) {
      const told = (await context.escalation?.held(thrown)) ?? thrown;
      throw this.#refuse(told, record, { caller, signal: request.signal });
    } finally {
      const told = this.#parts.breakers?.told() ?? null;
      if (told !== null) await told;
    }
  }

  /** One request from the door to the answer; the numbered steps of the house. */
  async #walk(
    request: Request,
    context: Writable<RequestContext>,
    { record, caller }: { record: RequestRecord; caller: Caller },
  ): Promise<Response> {
    const { services, ticker, rules, limits, queue, room, table, chain: usual } = this.#parts;
    // 1. the door
    this.#admit();
    const opened = limits === null ? null : openPass(limits, request, { context, record, caller });
    const pass = opened instanceof Promise ? await opened : opened;
    context.deadlineMs = deadlineOf(request.headers, context.startedMs, this.#totalTimeoutMs);
    if (!queue.enter()) await queue.wait(context.signal, context.deadlineMs, caller);
    record.hasPlace = true;
    const bytes = await readBody(request, this.#reading, { lift: caller.bodyRead, keep: room.keeper(record) });
    caller.bodyRead?.();
    const read = await readRequest(context, bytes, this.#reading);
    takeIn(read, context, { record, names: table.names, allowed: pass?.consumer?.models?.names ?? null });
    pass?.checkModel(record.model);
    const wish = wishOf(readHints(read.value, request.headers), pass?.consumer ?? null, table);
    record.askedRouting = wish.said;
    record.receipt = new RequestReceipt(context, this.#parts.receipts, { wish: wish.receipt, body: bytes });
    // 2. the policies
    const chain = chainFor(table, { consumer: pass?.consumer, model: record.model, usual });
    const { run, told } = await startRun(services, context, { read, chain, table, consumer: pass?.consumer });
    record.run = run;
    const parsed = chain.readsRequests ? await run.request(told) : told;
    context.asked = parsed;
    record.policedMs = services.clock.monotonic();
    // 3. the route
    const tooLong = this.#parts.contexts.needed
      ? await this.#parts.contexts.tooLong(context.endpoint, parsed, context.signal)
      : null;
    pass?.weigh(context.endpoint, parsed, () => new GridSnapshot(this.#parts.signals, context.receivedAtMs));
    const trials = this.#parts.breakers?.prepare(record.policedMs) ?? null;
    if (trials !== null) await trials;
    const decide = () => routeOf(this.#parts, { request, context, parsed, wish, record, tooLong });
    const decided = pass === null ? decide() : reserveRoute(pass, record.model, decide);
    const route = decided instanceof Promise ? await decided : decided;
    // 4. the attempts
    const asked = askedOf(context.endpoint, parsed, {
      bytes: parsed === read ? bytes : null,
      model: record.model,
      dialect: dialectOf(request.headers.get("user-agent"), chain.readsStreams || run.readsAnswers, parsed.value),
    });
    record.routedMs = services.clock.monotonic();
    const options = {
      context,
      services,
      ticker,
      rules,
      random: Math.random,
      entries: record.attempts,
      maxResponseBytes: this.#maxResponseBytes,
      deadlineMs: context.deadlineMs,
      mayHedge: (target: Target) => (pass?.objection(target, record.model) ?? null) === null,
      ...ridersOfStream(record, chain.readsStreams ? () => run.header() : null),
      ...answerPolicies(chain, run, context),
    };
    const resumption = context.stream ? Resumption.of(route, asked, { options, mode: this.#resumeMode }) : null;
    const follow = resumption === null ? options : { ...options, followChunks: resumption.follow };
    const reply = await underPin(wish.pin, attempt(route, asked, follow), () => isLate(context, services.clock));
    if (reply.kind === "stream") resumption?.begin(reply.decode);
    // 5. to 9. the answer, its policies, its record
    const finish = {
      context,
      run,
      record,
      clock: services.clock,
      resumption,
      again: askAgain(route, asked, options),
      settle: (ending: Ending) => this.#settle(record, ending, caller),
    };
    return reply.kind === "whole" ? answerWhole(reply, finish) : answerStream(reply, finish);
  }

  #admit(): void {
    const { queue, admits, counters } = this.#parts;
    if (!this.config.pack.enabled)
      throw new GatewayError(
        "gateway_disabled",
        "This gateway is switched off by its configuration (pack.enabled: false)",
      );
    queue.refuseIfFull();
    counters.check();
    if (!admits())
      throw new GatewayError(
        "overloaded",
        "The audit ledger cannot take events, and store.on_error says to refuse requests until it can",
      );
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
    return this.#parts.counters.spending();
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
  handover(): Pick<GatewayParts, "breakers" | "counters" | "queue" | "room" | "services" | "signals" | "table"> {
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
    return this.#inFlight;
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
