import type { ConsumerConfig } from "../../config/config.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { Strategy } from "../../routing/strategy.ts";
import type { Account, BudgetLimits, EmissionLimits, Meter } from "../../store/counters/counters.ts";
import type { Chain } from "../chain/chain-api.ts";
import type { ModelGroup, RouteTable } from "../routes/route.ts";
import type { Pin } from "../routes/wish.ts";
import { servesModel, type Target } from "../targets/target.ts";

/** One consumer: who may call, and with which limits, models, policies and regions. */
export interface Consumer {
  readonly id: string;
  readonly roles: readonly string[];
  /** Epoch milliseconds from which on the key is refused; null: never. */
  readonly expiresAtMs: number | null;
  /** Null: every model. */
  readonly models: AllowedModels | null;
  readonly meters: readonly Meter[];
  /** Requests at once; null: no limit. */
  readonly maxParallel: number | null;
  readonly account: Account<BudgetLimits> | null;
  /** The account of its emissions; null: they are not limited. */
  readonly emissions: Account<EmissionLimits> | null;
  /** Null: the gateway's own. */
  readonly chain: Chain | null;
  readonly strategy: Strategy | null;
  /** Whether its requests are never routed by carbon intensity unless they say so (`routing: standard`). */
  readonly standard: boolean;
  /** The only regions that may answer it; null: every one. */
  readonly regions: ReadonlySet<string> | null;
  readonly pin: Pin | null;
  readonly latencyBudgetMs: number | null;
  readonly blockStatus: number | undefined;
}

/** What `allowed_models` comes to: the names that may be asked for, and the targets that may answer. */
export interface AllowedModels {
  readonly names: ReadonlySet<string>;
  readonly targets: ReadonlySet<Target>;
}

/**
 * A group is allowed by its name or any alias, and then with all of them; its targets may answer, and those it falls
 * back to. A model or a target id is allowed as it is written, and answered by targets that declare it: a pool of several
 * models is cut down to those.
 */
export function allowedModels(list: ConsumerConfig["allowed_models"], table: RouteTable): AllowedModels | null {
  if (list === undefined) return null;
  const names = new Set(list);
  const targets = new Set<Target>();
  const isAllowed = (group: ModelGroup): boolean => list.some((name) => group.names.has(name));
  for (const group of table.groups.filter(isAllowed)) {
    for (const name of group.names) names.add(name);
    for (const pool of [group, ...group.fallbacks]) for (const target of pool.targets) targets.add(target);
  }
  for (const target of table.targets) {
    if (list.some((name) => servesModel(target, name))) targets.add(target);
  }
  return { names, targets };
}

/** Throws `model_not_allowed` for a model that is not the consumer's, and where none was named that could be checked. */
export function checkModel({ id, models }: Consumer, asked: string | null): void {
  if (models === null || (asked !== null && models.names.has(asked))) return;
  const what = asked === null ? "A request without a model" : `The model '${asked.slice(0, 128)}'`;
  const allowed = [...models.names].slice(0, 20).join(", ");
  throw new GatewayError("model_not_allowed", `${what} is not open to ${id}: allowed are ${allowed}`, {
    param: "model",
  });
}

/**
 * The consumer whose key a request carries. Keys are looked up by their hash, so that the time it takes says nothing of
 * how much of a guess was right. Throws `invalid_request` for two different keys, `invalid_api_key` without one or with
 * one that nobody has, `key_expired`. `nowMs` is the wall clock.
 */
export function identify(byHash: ReadonlyMap<string, Consumer>, headers: Headers, nowMs: number): Consumer {
  const key = presentedKey(headers);
  if (key === null) {
    throw new GatewayError(
      "invalid_api_key",
      "Cannot serve this without a key: send one as Authorization: Bearer KEY, x-api-key or api-key",
    );
  }
  const consumer = byHash.get(sha256Hex(key));
  if (consumer === undefined) throw new GatewayError("invalid_api_key", "That key is not known here");
  if (consumer.expiresAtMs !== null && nowMs >= consumer.expiresAtMs) {
    const when = new Date(consumer.expiresAtMs).toISOString();
    throw new GatewayError("key_expired", `That key expired at ${when}: ask whoever runs this gateway for another`);
  }
  return consumer;
}

/** The Bearer token of a request; null without one, or with another scheme. */
export function bearer(headers: Headers): string | null {
  return /^bearer +([^\s,]+) *$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

/** The one key of a request, wherever it stands; null without one. */
function presentedKey(headers: Headers): string | null {
  let found = bearer(headers);
  for (const name of ["x-api-key", "api-key"]) {
    // a header that was sent twice comes joined by a comma
    for (const piece of headers.get(name)?.split(",") ?? []) {
      const key = piece.trim();
      if (key === "" || key === found) continue;
      if (found !== null) {
        throw new GatewayError("invalid_request", "Two different keys were sent: send one, in one header");
      }
      found = key;
    }
  }
  return found;
}
