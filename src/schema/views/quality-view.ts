import { type Static, Type } from "@sinclair/typebox";
import { Closed } from "../shapes.ts";

/** `/api/quality`: what the answers of targets scored, so that variants compare. */
export const QualityView = Closed({
  since: Type.Number({ description: "epoch milliseconds" }),
  until: Type.Number(),
  targets: Type.Array(
    Closed({
      target: Type.String(),
      model: Type.String(),
      answers: Type.Integer({ description: "answers that the quality-scorer gave a score" }),
      mean: Type.Number({ description: "of their scores, 0 to 1" }),
      failed: Type.Integer({ description: "answers that it found wanting" }),
    }),
  ),
});
export type QualityView = Static<typeof QualityView>;
