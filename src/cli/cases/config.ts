import type { Config } from "../../config/config.ts";
import type { Env } from "../../gateway/targets/make-target.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { TestCase } from "../../schema/config/testing.ts";
import { SIMULATED_ENV, simulatedTarget, withoutLimits } from "../_simulated-target.ts";

/** Where the scripted upstream stands: an address that nobody can reach, since nothing leaves the process. */
const SCRIPTED_URL = "http://scripted.invalid/v1";

/** The variable that holds the key of the consumer a case asks as. */
const CONSUMER_KEY = "WEIR_TEST_CONSUMER_KEY";
/** The key itself; it never leaves the process. */
const KEY = "a-consumer-of-a-test-case";
const CREDENTIALS = ["authorization", "x-api-key", "api-key"];

/** What one case is asked of. */
export interface CaseGateway {
  readonly config: Config;
  readonly env: Env;
  readonly headers: Headers;
}

/**
 * The user's configuration as one case meets it: the same policies, groups and targets, with a scripted upstream in the
 * place of each target. Limits and budgets are left out, since they count over requests. Callers are who the case says:
 * a consumer by its id, whoever bears the credentials of its headers, or nobody in particular. `model` is served too,
 * whatever it is: a case is about policies, not about routes. Throws GatewayError for a consumer that there is not.
 */
export function caseGateway(config: Config, one: TestCase, { env, model }: { env: Env; model: unknown }): CaseGateway {
  const { consumers, ...kept } = withoutLimits(config);
  const headers = headersOf(one);
  const callers = consumersOf(consumers, one, headers);
  return {
    config: {
      ...kept,
      ...(callers === undefined ? {} : { consumers: callers }),
      pack: { ...config.pack, enabled: true },
      providers: { ...config.providers, targets: targetsOf(config, model) },
    },
    env: { ...env, ...SIMULATED_ENV, [CONSUMER_KEY]: KEY },
    headers,
  };
}

function headersOf({ name, input }: TestCase): Headers {
  try {
    return new Headers({ ...input.headers });
  } catch (cause) {
    throw new GatewayError("invalid_request", `The case "${name}" has a header that cannot be sent`, { cause });
  }
}

function consumersOf(consumers: Config["consumers"], one: TestCase, headers: Headers): Config["consumers"] {
  const id = one.input.consumer;
  const free = (list: NonNullable<Config["consumers"]>) =>
    list.map(({ rate_limits: _r, budget: _b, ...consumer }) => consumer);
  if (id === undefined) {
    const named = CREDENTIALS.some((name) => headers.has(name));
    return named && consumers !== undefined ? free(consumers) : undefined;
  }
  const found = consumers?.find((consumer) => consumer.id === id);
  if (found === undefined) {
    const ids = (consumers ?? []).map((consumer) => consumer.id);
    const there = ids.length === 0 ? "the configuration has none" : `there are ${ids.join(", ")}`;
    throw new GatewayError("invalid_request", `There is no consumer "${id}": ${there}`);
  }
  const { key_sha256: _k, expires_at: _e, ...kept } = found;
  headers.set("authorization", `Bearer ${KEY}`);
  return free([{ ...kept, key_ref: { env: CONSUMER_KEY } }]);
}

function targetsOf({ providers, model_groups: groups }: Config, model: unknown): Config["providers"]["targets"] {
  const targets = providers.targets.map((target) => {
    const { max_in_flight: _m, ...simulated } = simulatedTarget(target, SCRIPTED_URL);
    return simulated;
  });
  if (typeof model !== "string") return targets;
  const known = [
    ...groups.flatMap(({ name, aliases }) => [name, ...aliases]),
    ...targets.flatMap(({ id, model: own, models }) => [id, own, ...models.map(({ name }) => name)]),
  ];
  if (known.includes(model)) return targets;
  return targets.map((target) => ({ ...target, models: [...target.models, { name: model, upstream: model }] }));
}
