/// <reference path="../../../config/injection/weights.d.ts" />

import { readFileSync } from "node:fs";
import path from "../../../config/safety/safety.weights" with { type: "file" };
import { once } from "../../lib/once.ts";
import type { SafetyModel } from "./model.ts";
import { decodeSafety } from "./weights-file.ts";

/** The shipped model, read at the first call (a few milliseconds). */
export const safetyModel: () => SafetyModel = once(() => decodeSafety(readFileSync(path)));
