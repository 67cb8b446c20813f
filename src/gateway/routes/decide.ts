import type { RequestContext } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import type { ContextAnswer } from "../../lib/tokens/context-guard.ts";
import { GridSnapshot } from "../carbon/grid-snapshot.ts";
import type { GatewayParts } from "../gateway-parts.ts";
import type { RequestRecord } from "../record.ts";
import { type Target, targetFacts } from "../targets/target.ts";
import { nobodyLeft, objectionTo, saysLacking, type Want } from "./eligibility.ts";
import { lackOf } from "./lacking.ts";
import { regionUnavailable } from "./pinned.ts";
import type { Objection } from "./pool.ts";
import { decideRoute, groupNamed, type Route } from "./route.ts";
import { RoutingStory } from "./story.ts";
import type { Wish } from "./wish.ts";

/** One request, as far as it decides where it goes. */
export interface Deciding {
  readonly request: Request;
  readonly context: RequestContext;
  readonly parsed: Parsed;
  readonly wish: Wish;
  readonly record: RequestRecord;
  /** Targets whose context it does not fit into; null: nobody had to count. */
  readonly tooLong: ReadonlyMap<Target, ContextAnswer> | null;
}

/**
 * Where a request goes now; its record knows of it, whatever comes of it. Throws where nobody is left: the budget's
 * refusal, `context_length_exceeded`, `service_unavailable`.
 */
export function routeOf(
  { table, services, signals }: Pick<GatewayParts, "table" | "services" | "signals">,
  of: Deciding,
): Route {
  const { request, context, parsed, wish, record, tooLong } = of;
  const { endpoint, stream } = context;
  const nowMs = services.clock.monotonic();
  const { pass, model: asked } = record;
  const needing = { endpoint, value: parsed.value, model: asked, nowMs };
  const want: Want = { endpoint, tooLong, lackOf: (target) => lackOf(target, needing), nowMs };
  const gate = record.run?.targets(parsed) ?? null;
  const group = gate === null ? undefined : groupNamed(table, asked);
  const factsOf = (target: Target) => targetFacts(target, group?.targets.includes(target) === true);
  const { headers } = request;
  const grids = new GridSnapshot(signals, context.receivedAtMs);
  const decide = (isUp: Objection): Route => {
    const known: Objection = pass === null ? isUp : (target) => isUp(target) ?? pass.objection(target, asked);
    // what a policy forbids comes first: that a target is down at the moment says nothing about whether it may be asked
    const objection: Objection = gate === null ? known : (target) => gate.objection(factsOf(target)) ?? known(target);
    return decideRoute(table, { asked, endpoint, stream, parsed, headers, objection, wish, grids, nowMs });
  };
  const capable = decide(objectionTo(want));
  // what a target refused once it may do now: where nobody else is left it is asked, and answers for itself
  const route = saysLacking(capable) ? decide(objectionTo({ ...want, lackOf: null })) : capable;
  record.route = route.record;
  if (table.regions || wish.asked) {
    record.routing = new RoutingStory(route, { table, wish, grids, open: pass?.consumer?.models?.targets ?? null });
  }
  gate?.decided(route.record.order);
  if (route.targets.length > 0) return route;
  const refusal = pass?.refusal() ?? null;
  if (refusal !== null) throw refusal;
  const error = nobodyLeft(table, route, want);
  throw wish.pin === null ? error : regionUnavailable(wish.pin, error);
}
