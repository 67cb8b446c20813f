import type { Config } from "../../config/config.ts";
import type { Services } from "../../lib/context.ts";
import type { Logger } from "../../lib/logger.ts";
import { onceEach } from "../../lib/once.ts";
import { policyNamed } from "../../policies/_named.ts";
import { modeOf } from "../../policies/policy.ts";
import { createChain } from "./chain.ts";
import type { Chain, ChainPolicy } from "./chain-api.ts";

/** How long one hook of one policy may take. */
const POLICY_TIMEOUT_MS = 5_000;

/** What the chains of a gateway are made of. */
export interface ChainSources {
  readonly config: Config;
  readonly services: Services;
  readonly failMode: "block" | "allow";
  readonly log: Logger;
}

/** Makes the chain of a list of kinds: one chain per list, and one policy per kind, whoever's chain it is in. */
export function chainsOf({
  config,
  services,
  failMode,
  log,
}: ChainSources): (kinds: Config["policies"]["chain"]) => Chain {
  const chains = new Map<string, Chain>();
  const policyOf = onceEach((name: string): ChainPolicy => {
    const module = policyNamed(name)!;
    const settings = config.policy[name]!;
    const { phases, content = true, isLast = false, scans = false } = module;
    const mode = modeOf(settings);
    const own = module.create(settings, services);
    const keepsText = module.keepsText?.(settings as never) === true;
    return { name, mode, phases, content, isLast, scans, keepsText, policy: own };
  });
  return (kinds) => {
    const key = kinds.join(" ");
    const known = chains.get(key);
    if (known !== undefined) return known;
    const chain = createChain({
      policies: [...kinds.map(policyOf), ...unaudited(kinds, services)],
      failMode,
      timeoutMs: POLICY_TIMEOUT_MS,
      clock: services.clock,
      log,
      blockStatus: config.server.policy_block_status,
    });
    chains.set(key, chain);
    return chain;
  };
}

/**
 * Writes events where no audit-logger does: explanations, costs and the console rest on the ledger. The audit-logger
 * decides what else is kept, and for how long.
 */
function unaudited(kinds: Config["policies"]["chain"], { ledger }: Services): readonly ChainPolicy[] {
  if (ledger === undefined || kinds.includes("audit-logger")) return [];
  return [{ name: "ledger", mode: "enforce", phases: [], policy: { settle: (event) => ledger.push(event) } }];
}
