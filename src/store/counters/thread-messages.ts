import type { Amounts, Ask, Balance, CellChange, Refusal } from "./counters.ts";

/** What a thread asks the one that counts. */
export type ToOwner =
  | { readonly op: "admit"; readonly id: number; readonly ask: Ask }
  | { readonly op: "reserve"; readonly id: number; readonly amounts: Amounts }
  | { readonly op: "settle"; readonly id: number; readonly used: Amounts }
  | { readonly op: "swap"; readonly job: number; readonly key: string; readonly change: CellChange }
  | { readonly op: "read"; readonly job: number; readonly key: string };

/** How a meter stands, in milliseconds from now. */
export interface Standing {
  readonly left: number;
  readonly waitMs: number;
  readonly resetMs: number;
}

/** What it answers, and tells unasked. */
export type FromOwner =
  | {
      readonly op: "claimed";
      readonly id: number;
      readonly refusal: Refusal | null;
      readonly standings: readonly Standing[];
      readonly balances: readonly Balance[];
    }
  | { readonly op: "swapped"; readonly job: number; readonly done: boolean; readonly text: string }
  | { readonly op: "cell"; readonly key: string; readonly text: string; readonly generation: number };
