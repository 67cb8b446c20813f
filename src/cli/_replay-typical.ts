import type { RequestEvent } from "../schema/event.ts";

/** Tokens of a request of which nothing is known, where nothing is known of any other either. */
const NOBODY_KNOWS = { prompt: 500, completion: 200 };

interface Sum {
  count: number;
  prompt: number;
  completion: number;
}

/**
 * What is not on record of a request that was refused: how long it was (as others with its model were on average), and
 * which model it asked for where it was refused before that was read (the one its consumer asks for most).
 */
export class Typical {
  readonly #byModel = new Map<string, Sum>();
  readonly #models = new Map<string | null, Map<string, number>>();
  readonly #all: Sum = { count: 0, prompt: 0, completion: 0 };

  /** Takes in what one request used. */
  learn({ consumer, model, usage }: RequestEvent): void {
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
