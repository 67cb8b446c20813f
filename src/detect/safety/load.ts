/// <reference path="../../../config/injection/weights.d.ts" />
import { readFileSync } from "node:fs";
import path from "../../../config/safety/safety.weights" with { type: "file" };
import type { SafetyModel } from "./model.ts";
import { decodeSafety } from "./weights-file.ts";

let loaded: SafetyModel | null = null;

/** The shipped model, read at the first call (a few milliseconds). */
export function safetyModel(): SafetyModel {
  loaded ??= decodeSafety(readFileSync(path));
  return loaded;
}
