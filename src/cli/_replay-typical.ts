import type { RequestEvent } from "../schema/event.ts";

/** Tokens of a request of which nothing is known, where nothing is known of any other either. */
const NOBODY_KNOWS = { prompt: 500, completion: 200 };

interface Sum {
  count: number;
  prompt: number;
  completion: number;
}

/** How long a request was: by the record, else as others with its model were on average. */
export class Typical {
  readonly #byModel = new Map<string, Sum>();
  readonly #all: Sum = { count: 0, prompt: 0, completion: 0 };

  /** Takes in what one request used. */
  learn({ model, usage }: RequestEvent): void {
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
  tokens({ model, usage }: RequestEvent): { readonly prompt: number; readonly completion: number } {
    const { prompt_tokens: prompt, completion_tokens: completion } = usage;
    if (prompt !== null) return { prompt, completion: completion ?? 0 };
    const like = this.#byModel.get(model ?? "") ?? this.#all;
    if (like.count === 0) return NOBODY_KNOWS;
    return { prompt: Math.round(like.prompt / like.count), completion: Math.round(like.completion / like.count) };
  }
}
