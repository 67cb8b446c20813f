import { GatewayError } from "../../lib/errors.ts";
import type { PolicyRecord } from "../../schema/event.ts";
import type { ComposedTransform } from "../chain/chain-api.ts";
import type { Route } from "../routes/route.ts";
import type { Target } from "../targets/target.ts";
import type { Reply } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import { attempt } from "./attempt.ts";
import type { AttemptOptions } from "./rules.ts";

/** Asks one other target, once in a request, because a policy would not have what this one answered; null: nobody can. */
export type AskAgain = (than: Target) => Promise<Reply | null>;

/** What asks again on this route: whoever comes next on it and may be paid for, without retries of its own. */
export function askAgain(route: Route, asked: Asked, options: AttemptOptions): AskAgain {
  let isOver = false;
  return async (than) => {
    const targets = route.targets.filter(
      (target) => target !== than && isOpen(route, target, than) && options.mayHedge?.(target) !== false,
    );
    if (isOver || targets.length === 0) return null;
    isOver = true;
    let opened: ComposedTransform | null = null;
    const rules = { ...options.rules, maxAttempts: 1, hedging: null };
    // the stream that is there may still have to be given
    const openTransform = () => {
      opened = options.openTransform(true);
      return opened;
    };
    try {
      return await attempt({ ...route, targets, failover: false }, asked, { ...options, rules, openTransform });
    } catch (thrown) {
      (opened as ComposedTransform | null)?.discard();
      if (!(thrown instanceof GatewayError)) throw thrown;
      const { id } = options.context;
      options.context.log.warn({ request_id: id, code: thrown.code }, "no second answer could be had");
      return null;
    }
  };
}

/** A pin's secondary region serves where the primary does not answer, and not where its answer is not liked. */
function isOpen({ regions }: Route, target: Target, than: Target): boolean {
  return regions.policy !== "pinned" || target.place?.region.code === than.place?.region.code;
}

/** Notes whose answer it was that was not wanted: another target's goes to the client. */
export function noteUnwanted(records: readonly PolicyRecord[], { id }: Target): void {
  for (const record of records) if (record.verdict === "retry") record.target ??= id;
}
