import type { Config } from "../../config/config.ts";
import { createGateway } from "../../gateway/build.ts";
import { silentLogger } from "../../lib/logger.ts";
import type { ContextGuard } from "../../lib/tokens/context-guard.ts";
import { SIMULATED_ENV } from "../_simulated-target.ts";
import { textOf } from "./answers.ts";
import { askAsClient, NOTHING, type Seen, type Verdict, verdictOf } from "./client.ts";
import { type DrillRoute, drillConfig, drillModels } from "./config.ts";
import { FAULTS, type Fault, healthy } from "./faults.ts";
import { type DrillUpstream, openUpstream, refusingUrl } from "./upstream.ts";
import { DrillWorld } from "./world.ts";

/** What one request of a drill came to. Times are those of the configuration, not of the drill. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly seconds: number;
  /** Until the answer's head; null: none came. */
  readonly firstSeconds: number | null;
  /** Targets that were called, in order. */
  readonly calls: readonly string[];
  readonly status: number | null;
  readonly finish: string | null;
  readonly error: string | null;
}

/** One fault on one route. */
export interface Drilled extends Outcome {
  readonly fault: string;
  readonly request: "plain" | "stream";
  /** Whether only the target that is asked first went wrong, or all of them did. */
  readonly where: "first" | "every";
  /** Requests after which the one faulty target was left alone; null: it was not, or there are several. */
  readonly leftAloneAfter: number | null;
}

/** One route, drilled. */
export interface RouteDrill extends DrillRoute {
  /** Without any fault. */
  readonly healthy: Outcome;
  readonly drills: readonly Drilled[];
}

/** A request that has not ended by then will not end: so long beyond the whole request's deadline. */
const GRACE_MS = 60_000;
/** How many requests may meet a target that goes on failing before it is left alone. */
const MOST_REQUESTS = 20;

/** Everything a drill needs, opened once. */
interface Stage {
  readonly config: Config;
  readonly guard: ContextGuard;
  readonly world: DrillWorld;
  readonly upstreams: ReadonlyMap<string, DrillUpstream>;
  readonly refusing: string;
  readonly models: readonly string[];
}

/** What one gateway is put through. */
interface Scene {
  readonly route: string;
  readonly stream: boolean;
  readonly fault: Fault | null;
  /** Targets that go wrong. */
  readonly faulty: ReadonlySet<string>;
}

/** A fresh gateway in a scene. */
interface Play {
  ask(): Promise<Outcome>;
  /** Whether a target that goes wrong is left alone by now. */
  leavesAlone(): boolean;
}

/** Drills these routes of a configuration; `onRoute` is told each one when it is done. */
export async function drillAll(
  config: Config,
  guard: ContextGuard,
  how: { readonly routes: readonly DrillRoute[]; readonly onRoute: (done: RouteDrill) => void },
): Promise<void> {
  const world = new DrillWorld();
  const models = drillModels(config);
  const upstreams = new Map<string, DrillUpstream>();
  try {
    for (const { id } of config.providers.targets) upstreams.set(id, await openUpstream(world, healthy(models)));
    const stage = { config, guard, world, upstreams, refusing: await refusingUrl(), models };
    for (const route of how.routes) how.onRoute(await drillRoute(stage, route));
  } finally {
    for (const upstream of upstreams.values()) upstream.stop();
  }
}

async function drillRoute(stage: Stage, route: DrillRoute): Promise<RouteDrill> {
  const scene = { route: route.name, fault: null, faulty: new Set<string>() };
  const plain = await open(stage, { ...scene, stream: false }).ask();
  const drills: Drilled[] = [];
  if (plain.verdict !== "served") return { ...route, healthy: plain, drills };
  const streamed = await open(stage, { ...scene, stream: true }).ask();
  const every = new Set(stage.upstreams.keys());
  for (const fault of FAULTS) {
    for (const stream of [false, true]) {
      const first = new Set((stream ? streamed : plain).calls.slice(0, 1));
      const of = { ...scene, fault, stream };
      if (every.size > 1) drills.push(await drillOne(stage, { ...of, faulty: first }, "first"));
      drills.push(await drillOne(stage, { ...of, faulty: every }, "every"));
    }
  }
  return { ...route, healthy: plain, drills };
}

async function drillOne(stage: Stage, scene: Scene, where: Drilled["where"]): Promise<Drilled> {
  const play = open(stage, scene);
  const outcome = await play.ask();
  let requests = 1;
  const alone = scene.faulty.size === 1;
  // without a breaker a target is left alone at once (it asked for that), or never
  const most = stage.config.providers.circuit_breaker.enabled ? MOST_REQUESTS : 1;
  for (; alone && requests < most && !play.leavesAlone(); requests++) await play.ask();
  const leftAloneAfter = alone && play.leavesAlone() ? requests : null;
  const request = scene.stream ? "stream" : "plain";
  return { fault: scene.fault!.name, request, where, ...outcome, leftAloneAfter };
}

function open(stage: Stage, { route, stream, fault, faulty }: Scene): Play {
  const { world, upstreams, models } = stage;
  const urls = new Map<string, string>();
  for (const [id, upstream] of upstreams) {
    const fails = fault !== null && faulty.has(id);
    // a path of its own, so that a call that reaches nobody can still be told from another
    urls.set(id, fails && fault.refuses === true ? stage.refusing.replace("/v1", `/${urls.size}/v1`) : upstream.url);
    upstream.play((fails ? fault.script?.(models) : undefined) ?? healthy(models));
  }
  const config = drillConfig(stage.config, (id) => urls.get(id)!);
  const gateway = createGateway({
    config,
    services: { fetch: world.fetch, clock: world.clock },
    env: SIMULATED_ENV,
    log: silentLogger,
    guard: stage.guard,
    failMode: "block",
    onEvent: () => {},
    admits: () => true,
  });
  const whole = (text: string): boolean => models.some((model) => textOf(model) === text);
  return {
    async ask() {
      const startedMs = world.clock.monotonic();
      let seen: Seen = NOTHING;
      let firstMs: number | null = null;
      const asked = askAsClient(gateway, { model: route, stream, id: "drill" }, (now) => {
        firstMs ??= world.clock.monotonic();
        seen = now;
      });
      const limitMs = startedMs + config.providers.total_timeout_seconds * 1000 + GRACE_MS;
      const over = await world.settle(asked, limitMs);
      const calls = world.takeCalls().map((url) => idOf(url, urls));
      const { status, finish, error } = seen;
      const seconds = secondsOf(world.clock.monotonic() - startedMs);
      const firstSeconds = firstMs === null ? null : secondsOf(firstMs - startedMs);
      return { verdict: verdictOf(seen, over, whole), seconds, firstSeconds, calls, status, finish, error };
    },
    leavesAlone: () => gateway.targets().some(({ id, reason }) => faulty.has(id) && reason !== null),
  };
}

function idOf(url: string, urls: ReadonlyMap<string, string>): string {
  for (const [id, base] of urls) if (url.startsWith(base)) return id;
  return "";
}

/** A hundredth of a second is precise enough: below it stand only the steps of the simulation. */
function secondsOf(ms: number): number {
  return Math.round(ms / 10) / 100;
}
