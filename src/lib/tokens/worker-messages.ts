import type { TextsCount } from "./count-texts.ts";
import type { VocabularyName } from "./vocabulary.ts";

/** What the serving thread tells the counting thread. */
export type ToWorker =
  | { readonly kind: "load"; readonly vocabulary: VocabularyName }
  | {
      readonly kind: "count";
      readonly job: number;
      readonly vocabulary: VocabularyName;
      readonly texts: readonly string[];
      readonly stopAbove: number;
      /** The most time that may be spent on it, in milliseconds. */
      readonly budgetMs: number;
    };

/** What it answers: a vocabulary is loaded, or a job is done. */
export type FromWorker =
  | { readonly kind: "loaded"; readonly vocabulary: VocabularyName }
  | ({ readonly kind: "counted"; readonly job: number } & TextsCount);
