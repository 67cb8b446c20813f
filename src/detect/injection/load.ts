/// <reference path="../../../config/injection/weights.d.ts" />
import { readFileSync } from "node:fs";
import path from "../../../config/injection/injection.weights" with { type: "file" };
import type { Model } from "./model.ts";
import { decodeWeights } from "./weights-file.ts";

let loaded: Model | null = null;

/** The shipped model, read at the first call (a millisecond). */
export function shippedModel(): Model {
  loaded ??= decodeWeights(readFileSync(path));
  return loaded;
}
