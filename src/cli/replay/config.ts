import type { Config, PolicyName } from "../../config/config.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { policyNamed } from "../../policies/_named.ts";
import { simulatedTarget } from "../_simulated-target.ts";

/** Whether a policy judges texts, so that it cannot be replayed where the text was not kept. */
export function judgesText(kind: string): boolean {
  return policyNamed(kind)?.content !== false;
}

/** The key by which a replayed request shows whose it was, whatever stands in the id; no key of a user's is in a replay. */
export function replayKey(consumer: string): string {
  return `weir-replay-${new TextEncoder().encode(consumer).toHex()}`;
}

/** A variable that the environment of a replay does not have. */
const NOT_THERE = { env: "WEIR_REPLAY_NO_KEY" } as const;

/** The base URL under which a target is called; nobody is there. */
function replayUrl(position: number): string {
  return `http://target-${position}.replay.invalid/v1`;
}

/**
 * The configuration as a replay runs it: the same chains, groups, strategies, limits, budgets and prices; targets that
 * are answered for from the record, and keys of its own for the same consumers. Left out is what a record cannot answer:
 * limits by address or by a user's header, and probes. `keyless`: targets whose keys the gateway did not have.
 */
export function replayConfig(config: Config, keyless: ReadonlySet<string>): Config {
  const { ip_rate_limit: _i, user_rate_limit: _u, ...kept } = config;
  const { otlp: _o, ...telemetry } = config.telemetry;
  const { providers } = config;
  return {
    ...kept,
    telemetry,
    providers: {
      ...providers,
      retry: { ...providers.retry, jitter: 0 },
      targets: providers.targets.map((target, position) => {
        const simulated = simulatedTarget(target, replayUrl(position));
        return keyless.has(target.id) ? { ...simulated, secret_key_ref: NOT_THERE } : simulated;
      }),
    },
    ...(config.consumers === undefined
      ? {}
      : {
          consumers: config.consumers.map(({ key_ref: _k, ...consumer }) => ({
            ...consumer,
            key_sha256: sha256Hex(replayKey(consumer.id)),
          })),
        }),
  } as Config;
}

/** The same without the policies that judge what is said: for requests of which nobody knows that. */
export function withoutTextPolicies(config: Config): Config {
  const kept = (chain: readonly PolicyName[]): PolicyName[] => chain.filter((kind) => !judgesText(kind));
  const cut = <T extends { readonly chain?: readonly PolicyName[] }>(one: T): T =>
    one.chain === undefined ? one : { ...one, chain: kept(one.chain) };
  return {
    ...config,
    policies: { ...config.policies, chain: kept(config.policies.chain) },
    model_groups: config.model_groups.map(cut),
    ...(config.consumers === undefined ? {} : { consumers: config.consumers.map(cut) }),
  };
}

/** The kinds of policies that a request of this consumer for this model meets, as the gateway chooses a chain. */
export function chainOf(config: Config, of: { readonly consumer: string | null; readonly model: string | null }) {
  const own = config.consumers?.find(({ id }) => id === of.consumer)?.chain;
  const group = config.model_groups.find(({ name, aliases }) => [name, ...aliases].includes(of.model ?? ""));
  return own ?? group?.chain ?? config.policies.chain;
}
