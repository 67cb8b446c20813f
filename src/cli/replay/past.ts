import type { RequestEvent } from "../../schema/event.ts";

/** Tokens of a request of which nothing is known, where nothing is known of any other either. */
const NOBODY_KNOWS = { prompt: 500, completion: 200 };

interface Sum {
  count: number;
  prompt: number;
  completion: number;
}

const keyOf = ({ id, at }: RequestEvent, target: string): string => `${at} ${id} ${target}`;

/**
 * What the ledger does not say, guessed from the other requests on it. Of a request that was refused: its length (the
 * average of its model) and, where it was refused before its body was read, its model (the one its consumer asks for
 * most). Of targets: whether their key was there, and how long each was left alone after a 429.
 */
export class Past {
  readonly #byModel = new Map<string, Sum>();
  readonly #models = new Map<string | null, Map<string, number>>();
  /** Targets whose key was not there. */
  readonly keyless = new Set<string>();
  /** The last 429 of each target: of which request, and when it was over. */
  readonly #limited = new Map<string, { readonly key: string; readonly endedAt: number }>();
  /** How long targets were left alone after a 429, as far as later requests saw. */
  readonly #restsMs = new Map<string, number>();
  readonly #all: Sum = { count: 0, prompt: 0, completion: 0 };

  /** Takes in one request; they come in order. */
  learn(event: RequestEvent): void {
    const { consumer, model, usage } = event;
    this.#learnOfTargets(event);
    if (model !== null) {
      const asked = this.#models.get(consumer) ?? new Map<string, number>();
      this.#models.set(consumer, asked.set(model, (asked.get(model) ?? 0) + 1));
    }
    const { prompt_tokens: prompt, completion_tokens: completion } = usage;
    if (prompt === null) return;
    const key = model ?? "";
    const own = this.#byModel.get(key) ?? { count: 0, prompt: 0, completion: 0 };
    this.#byModel.set(key, own);
    for (const sum of [own, this.#all]) {
      sum.count++;
      sum.prompt += prompt;
      sum.completion += completion ?? 0;
    }
  }

  #learnOfTargets(event: RequestEvent): void {
    const { at, route, attempts } = event;
    for (const { target, dropped } of route?.candidates ?? []) {
      // other reasons, such as another model, say nothing of its key
      if (dropped === null) this.keyless.delete(target);
      else if (dropped.startsWith("secret ")) this.keyless.add(target);
      const limited = this.#limited.get(target);
      if (dropped === "resting" && limited !== undefined && at > limited.endedAt) {
        this.#restsMs.set(limited.key, at - limited.endedAt + 1);
      }
    }
    for (const { target, outcome, ended_ms } of attempts) {
      if (outcome === "upstream_rate_limited") {
        this.#limited.set(target, { key: keyOf(event, target), endedAt: at + ended_ms });
      }
    }
  }

  /** How long a target was left alone at least after its 429 to this request; null: nobody saw it so. */
  restMs(event: RequestEvent, target: string): number | null {
    return this.#restsMs.get(keyOf(event, target)) ?? null;
  }

  /** Whole numbers of tokens. */
  tokens(event: RequestEvent): { readonly prompt: number; readonly completion: number } {
    const { prompt_tokens: prompt, completion_tokens: completion } = event.usage;
    if (prompt !== null) return { prompt, completion: completion ?? 0 };
    const like = this.#byModel.get(this.model(event) ?? "") ?? this.#all;
    if (like.count === 0) return NOBODY_KNOWS;
    return { prompt: Math.round(like.prompt / like.count), completion: Math.round(like.completion / like.count) };
  }

  /** The model it asked for, or is taken to have asked for; null: nobody knows. */
  model({ consumer, model }: RequestEvent): string | null {
    if (model !== null) return model;
    const asked = [...(this.#models.get(consumer) ?? [])];
    asked.sort(([, a], [, b]) => b - a);
    return asked[0]?.[0] ?? null;
  }
}
