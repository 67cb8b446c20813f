import type { CarbonRecord, CarbonShare } from "../../schema/carbon-record.ts";
import type { AttemptRecord, RequestEvent } from "../../schema/event.ts";

/** Energy and emissions with their bounds; null where nobody knows. */
export type Emitted = Omit<CarbonShare, "target">;

/** What an attempt cost and emitted for an answer that another one finished. */
export interface Share {
  readonly attempt: AttemptRecord;
  /** US dollars; null: nobody knows, or it was not paid for. */
  readonly usd: number | null;
  /** Null: it made no part of the answer. */
  readonly emitted: Emitted | null;
}

/** The attempt whose target answered; several where a target was asked again: the last of them. */
export function answering({ attempts, target }: RequestEvent): AttemptRecord | undefined {
  return attempts.findLast((attempt) => attempt.target === target && attempt.outcome !== "hedged_out");
}

/** What a request cost and emitted elsewhere than where it was answered: one that did not answer may be paid for too. */
export function sharesElsewhere(event: RequestEvent): readonly Share[] {
  const { attempts } = event;
  const last = answering(event);
  const parts = [...(partsOf(event)?.slice(0, -1) ?? [])];
  return attempts.flatMap((attempt): Share[] => {
    const usd = attempt === last ? null : (attempt.cost?.usd ?? null);
    // parts stand in the order of the attempts, and one target may have made several
    const emitted = parts[0]?.target === attempt.target ? parts.shift()! : null;
    return usd === null && emitted === null ? [] : [{ attempt, usd, emitted }];
  });
}

/** What the answer cost where it was finished, in US dollars; null: nobody knows, though what went before may be known. */
export function ownUsd(event: RequestEvent): number | null {
  // rows of an older version name no cost of attempts
  if (!event.attempts.some(({ cost }) => cost !== undefined)) return event.cost?.usd ?? null;
  return answering(event)?.cost?.usd ?? null;
}

/** What whoever finished the answer emitted; null: nothing is known of the request. */
export function emittedHere(event: RequestEvent): Emitted | null {
  return partsOf(event)?.at(-1) ?? event.carbon ?? null;
}

/**
 * The parts of an answer by target; undefined where one target made all of it, or where the energy of a part is
 * unknown.
 */
function partsOf({ carbon }: RequestEvent): CarbonRecord["parts"] {
  if (carbon == null || carbon.energy_wh === null) return undefined;
  return carbon.gco2e === null ? carbon.parts?.map((part) => ({ ...part, ...NOT_EMITTED })) : carbon.parts;
}

/** Put over the emissions of parts whose sum is unknown: those of one part would be taken for the sum. */
const NOT_EMITTED = { gco2e: null, gco2e_ci90_lo: null, gco2e_ci90_hi: null } as const;
