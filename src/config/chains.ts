import type { Config } from "./config.ts";

type Policies = Config["policies"]["chain"];

/** A chain of policies, and whose it is. */
export interface NamedChain {
  /** `policies` for everybody who has no other, `model_groups.NAME`, or `consumers.ID`: its place in the configuration. */
  readonly name: string;
  readonly chain: Policies;
}

/** Every chain of a configuration, the usual one first; groups and consumers without one of their own have none. */
export function chainsOf({ policies, model_groups: groups, consumers = [] }: Config): NamedChain[] {
  const named = (name: string, chain: Policies | undefined): NamedChain[] =>
    chain === undefined ? [] : [{ name, chain }];
  return [
    { name: "policies", chain: policies.chain },
    ...groups.flatMap(({ name, chain }) => named(`model_groups.${name}`, chain)),
    ...consumers.flatMap(({ id, chain }) => named(`consumers.${id}`, chain)),
  ];
}
