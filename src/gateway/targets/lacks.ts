import { type Capability, needs } from "../../lib/capability.ts";
import type { Endpoint } from "../../lib/context.ts";
import type { JsonObject } from "../../lib/json/json.ts";

/** How long a refusal is remembered: a server may be started anew with other flags, or with another model. */
const REMEMBERED_MS = 600_000;

/** A request, as far as it needs something. */
export interface Needing {
  readonly endpoint: Endpoint;
  readonly value: JsonObject;
  /** The model it names. */
  readonly model: string | null;
  /** `Clock.monotonic()`. */
  readonly nowMs: number;
}

interface Lack {
  readonly capability: Capability;
  /** The endpoint of the request that was refused. */
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly untilMs: number;
}

/**
 * What a target was seen to lack, by its own refusals: nothing else says what an upstream's model can do. Bounded by the
 * models a target serves.
 */
export class Lacks {
  #known: readonly Lack[] = [];

  /** Whether anything is remembered at all. */
  get any(): boolean {
    return this.#known.length > 0;
  }

  /** Remembers a refusal. */
  note(capability: Capability, of: { endpoint: Endpoint; model: string; nowMs: number }): void {
    const { endpoint, model, nowMs } = of;
    const others = this.#known.filter((lack) => lack.untilMs > nowMs && !isSame(lack, { capability, endpoint, model }));
    this.#known = [...others, { capability, endpoint, model, untilMs: nowMs + REMEMBERED_MS }];
  }

  /** Forgets what a request needed that was answered after all. */
  forget(model: string, { endpoint, value }: Needing): void {
    this.#known = this.#known.filter((lack) => lack.model !== model || !isNeeded(lack, endpoint, value));
  }

  /** What the request needs that is missing: a name for people; null: nothing is known to be. */
  of(model: string, { endpoint, value, nowMs }: Needing): string | null {
    for (const lack of this.#known) {
      if (lack.untilMs <= nowMs || lack.model !== model || !isNeeded(lack, endpoint, value)) continue;
      return lack.capability === "endpoint" ? endpoint : lack.capability;
    }
    return null;
  }
}

/** Whether a missing endpoint is the one that is asked for, or the capability is needed there. */
function isNeeded({ capability, endpoint: refused }: Lack, endpoint: Endpoint, value: JsonObject): boolean {
  return (capability !== "endpoint" || refused === endpoint) && needs(capability, endpoint, value);
}

function isSame(lack: Lack, other: Omit<Lack, "untilMs">): boolean {
  const { capability, endpoint, model } = other;
  if (lack.capability !== capability || lack.model !== model) return false;
  return capability !== "endpoint" || lack.endpoint === endpoint;
}
