import type { Endpoint } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import type { ContextAnswer, ContextGuard } from "../../lib/tokens/context-guard.ts";
import { familyOf } from "../../lib/tokens/family.ts";
import type { Target } from "../targets/target.ts";

/** Which targets a request is too long for (`max_context_tokens`). */
export interface ContextCheck {
  /** False where no target declares a limit: nothing is counted then. */
  readonly needed: boolean;
  /** The targets whose limit the request would pass, each with what was found. */
  tooLong(endpoint: Endpoint, request: Parsed, signal: AbortSignal): Promise<ReadonlyMap<Target, ContextAnswer>>;
}

/** A check over the given targets; `guard` counts, and loads at once the tokenizers these targets may need. */
export function createContextCheck(targets: readonly Target[], guard: ContextGuard): ContextCheck {
  const limited = targets.filter((target) => target.maxContextTokens !== null && target.unavailable === null);
  const families = limited.map((target) => familyOf(target.provider.name, target.model));
  if (limited.length > 0) guard.warm([...new Set(families)]);
  return {
    needed: limited.length > 0,
    async tooLong(endpoint, request, signal) {
      const found = new Map<Target, ContextAnswer>();
      for (const [index, target] of limited.entries()) {
        const question = { endpoint, request, family: families[index]!, limit: target.maxContextTokens!, signal };
        const answer = await guard.fits(question);
        if (!answer.fits) found.set(target, answer);
      }
      return found;
    },
  };
}
