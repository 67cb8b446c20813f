import { fallback } from "./fallback.ts";
import { single } from "./single.ts";

/** Every strategy, by the name it has in YAML. */
export const strategies = { single, fallback };
