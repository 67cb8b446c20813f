import type { SignalReader } from "../carbon/signal-table.ts";
import type { Config } from "../config/config.ts";
import type { Services } from "../lib/context.ts";
import { sha256Hex } from "../lib/digest.ts";
import type { Logger } from "../lib/logger.ts";
import { Ticker } from "../lib/ticker.ts";
import type { ContextGuard } from "../lib/tokens/context-guard.ts";
import { SHARED_BOOK_BYTES } from "../policies/firewall/shared-book.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { Counters } from "../store/counters/counters.ts";
import { MemoryCounters } from "../store/counters/memory.ts";
import { createLimits } from "./admission/limits.ts";
import { AdmissionQueue, type QueueLimits } from "./admission/queue.ts";
import { attemptRulesOf } from "./attempts/config-rules.ts";
import { receiptRules } from "./carbon/receipts.ts";
import { type RegionRules, regionRules } from "./carbon/regions.ts";
import { chainsOf } from "./chain/build-chains.ts";
import { RunningGateway } from "./gateway.ts";
import { BodyRoom, memoryBytes } from "./intake/body-room.ts";
import { createContextCheck } from "./routes/context-check.ts";
import { CurrentRegions, SharedRegions } from "./routes/current-regions.ts";
import { chainFor } from "./routes/route.ts";
import { createRouteTable } from "./routes/table.ts";
import { type Env, makeTarget } from "./targets/make-target.ts";
import { SharedBreakers } from "./targets/shared-breakers.ts";
import { ALL_REQUESTS, LONG_BODIES, type PlaceMemory, SharedPlaces } from "./targets/shared-places.ts";
import { freshLive, liveKey, type Target, type TargetLive } from "./targets/target.ts";
import { type TargetObserver, watchTargets } from "./targets/target-watch.ts";

/** What a gateway is built from. */
export interface BuildOptions {
  readonly config: Config;
  readonly services: Services;
  readonly env: Env;
  readonly log: Logger;
  readonly guard: ContextGuard;
  readonly failMode: "block" | "allow";
  /** Called once per request with its event: metrics. */
  readonly onEvent: (event: RequestEvent) => void;
  /** Counts what happens to targets: metrics. */
  readonly observer?: TargetObserver;
  /** False while requests must be refused because the ledger cannot take their events. */
  readonly admits: () => boolean;
  /** Where requests are counted; without them in memory, and over a reload in those of the gateway before. */
  readonly counters?: Counters;
  /** Grid signals as jobs keep them; absent: none is known. */
  readonly signals?: SignalReader;
  /** So many gateways of this process share its memory and the queue for `server.max_concurrency`; 1 if absent. */
  readonly workers?: number;
  /** Memory that the process may use; absent: what the system says. */
  readonly memoryBytes?: number;
  /** Where they count attempts together, and which of them this is; absent: it counts alone. */
  readonly places?: { readonly memory: PlaceMemory; readonly thread: number };
  /** The gateway this one replaces: targets with the same id, provider and base URL keep their live state. */
  readonly previous?: RunningGateway;
}

/** Builds a gateway whole from a valid configuration: names become plugins, secrets are resolved, nothing is asked yet. */
export function createGateway(options: BuildOptions): RunningGateway {
  // of `options` as a whole nothing that lives on may take hold: it has the gateway before, which has the one before it
  const { config, log, onEvent: tell } = options;
  const before = options.previous?.handover();
  const services: Services = { ...options.services, memory: before?.services.memory ?? new Map() };
  const counters = options.counters ?? before?.counters ?? new MemoryCounters(services.clock);
  const { cells } = counters;
  const breakers = before?.breakers ?? (cells === null ? null : new SharedBreakers(cells, services.clock));
  const regions = regionRules(config);
  const targets = makeTargets(options, regions, breakers);
  const chainOf = chainsOf({ ...options, services });
  const current = sharedRegions(services, regions) ?? before?.table.current ?? new CurrentRegions();
  const parts = { targets, regions, chainOf, current, workers: options.workers, before: before?.table };
  const table = createRouteTable(config, parts);
  const chain = chainOf(config.policies.chain);
  const limits = createLimits({
    config,
    table,
    env: options.env,
    clock: services.clock,
    log,
    chainOf,
    counters,
  });
  const running = sharedPlaces(options, ALL_REQUESTS);
  const queueLimits = queueLimitsOf(config.server, { workers: options.workers ?? 1, together: running !== null });
  const queue = before?.queue ?? new AdmissionQueue(queueLimits, services.clock, running);
  const watch = { clock: services.clock, log, observer: options.observer };
  const gateway = new RunningGateway({
    config,
    configHash: hashOf(config),
    table,
    chain,
    chainOf,
    contexts: createContextCheck(targets, options.guard),
    rules: attemptRulesOf(config.providers),
    services,
    ticker: new Ticker(services.clock),
    limits,
    counters,
    breakers,
    receipts: receiptRules(config, services),
    signals: options.signals ?? before?.signals ?? null,
    queue,
    underWay: before?.underWay ?? { count: 0 },
    room: before?.room ?? roomOf(options),
    admits: options.admits,
    onEvent(event, context) {
      tell(event);
      const { consumer: id, model } = event;
      chainFor(table, { consumer: limits?.consumer(id), model, usual: chain }).settle(event, context);
    },
    log,
    watch,
  });
  // last of all: the live state is the running gateway's too, and must not change where building fails
  watchTargets(targets, config, watch);
  counters.keep(limits?.kept ?? { rates: new Set(), owners: new Set() });
  breakers?.keep(new Set(config.providers.targets.map(liveKey)));
  queue.resize(queueLimits);
  return gateway;
}

/** Where pools of all threads went last; null: there is one thread. */
function sharedRegions({ sharedMemory: memory, clock }: Services, { catalogue }: RegionRules): SharedRegions | null {
  if (memory === undefined) return null;
  const place = { memory, offset: SHARED_BOOK_BYTES, offsetMs: clock.now() - clock.monotonic() };
  return new SharedRegions(place, catalogue.keys());
}

/** Room for long bodies, which all threads take from. */
function roomOf(options: BuildOptions): BodyRoom {
  const { workers, memoryBytes: memory = memoryBytes() } = options;
  return new BodyRoom(memory, workers, sharedPlaces(options, LONG_BODIES) ?? undefined);
}

/** Where threads count together what that key names; null: this one counts alone. */
function sharedPlaces({ places }: BuildOptions, key: string): SharedPlaces | null {
  const memory = places?.memory.get(key);
  return places === undefined || memory === undefined ? null : new SharedPlaces(memory, places.thread);
}

function makeTargets(options: BuildOptions, regions: RegionRules, breakers: SharedBreakers | null): readonly Target[] {
  const { config, env, log, previous } = options;
  const lives = previous?.lives() ?? new Map<string, TargetLive>();
  const fresh = (key: string): TargetLive => freshLive(breakers?.open(key), sharedPlaces(options, key));
  const targets = config.providers.targets.map((target, position) => {
    const key = liveKey(target);
    return makeTarget(target, position, { env, live: lives.get(key) ?? fresh(key), regions });
  });
  for (const { id, unavailable, provider } of targets) {
    if (unavailable !== null) log.warn({ target: id, reason: unavailable }, "a target is not available");
    if (provider.transport !== undefined)
      log.info({ target: id, provider: provider.name }, "a target is simulated: no model answers there");
  }
  return targets;
}

function hashOf(config: Config): string {
  return sha256Hex(JSON.stringify(config)).slice(0, 16);
}

/** What `server` says of requests at a time, for one of `workers` queues, which may count their running ones `together`. */
function queueLimitsOf(
  server: Config["server"],
  { workers, together }: { readonly workers: number; readonly together: boolean },
): QueueLimits {
  const { max_concurrency: places, max_queued_requests: waiting = places, queue_timeout_seconds: seconds } = server;
  const share = (all: number): number => Math.ceil(all / workers);
  return { maxRunning: together ? places : share(places), maxWaiting: share(waiting), maxWaitMs: seconds * 1000 };
}
