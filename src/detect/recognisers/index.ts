import type { Recogniser } from "./recogniser.ts";

/** Everything that can be recognised, by the name of its file. */
export const RECOGNISERS: readonly Recogniser[] = [];
