/// <reference path="../../../config/injection/weights.d.ts" />
import { readFileSync } from "node:fs";
import path from "../../../config/injection/injection.weights" with { type: "file" };
import { decodeWeights, type Models } from "./weights-file.ts";

let loaded: Models | null = null;

/** The shipped models, read at the first call (a millisecond). */
export function shippedModels(): Models {
  loaded ??= decodeWeights(readFileSync(path));
  return loaded;
}
