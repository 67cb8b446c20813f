/// <reference path="../../../config/injection/weights.d.ts" />

import { readFileSync } from "node:fs";
import path from "../../../config/injection/injection.weights" with { type: "file" };
import { once } from "../../lib/once.ts";
import { decodeWeights, type Models } from "./weights-file.ts";

/** The shipped models, read at the first call (a millisecond). */
export const shippedModels: () => Models = once(() => decodeWeights(readFileSync(path)));
