import { type Static, Type } from "@sinclair/typebox";
import { Closed, oneOf } from "../shapes.ts";

/** Something beside targets and requests that does not work, and that nobody sees in figures. */
export const Alarm = Closed({
  about: oneOf(["ledger", "counters", "grid", "config"]),
  is_now: Type.Boolean({ description: "false: it works, or is made up for, and somebody should know" }),
  text: Type.String(),
});
export type Alarm = Static<typeof Alarm>;
