import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, Open } from "../shapes.ts";

/** `/api/config`: what is in force. */
export const ConfigState = Closed({
  hash: Type.String({ description: "short SHA-256 of the effective configuration" }),
  loaded_at: Type.Number({ description: "epoch milliseconds" }),
  last_reload_errors: Type.Array(Type.String(), { description: "why the last reload changed nothing; empty: it did" }),
  config: Open({}),
  yaml: Type.String({ description: "the same, with every default and the origin of each value as a comment" }),
});
export type ConfigState = Static<typeof ConfigState>;

/** What a reload came to. */
export const Reloaded = Closed({
  ok: Type.Literal(true),
  hash: Type.String(),
  changed: Type.Array(Type.String(), { description: "paths that differ from the configuration before" }),
});
export type Reloaded = Static<typeof Reloaded>;

/** `/api/config/check`: what the files, variables and flags say now; nothing is put in force. */
export const ConfigCheck = Closed({
  ok: Type.Boolean({ description: "whether a reload would take it" }),
  problems: Type.Array(
    Closed({
      code: Type.String(),
      severity: Type.Union([Type.Literal("error"), Type.Literal("warning")]),
      where: Type.String({ description: "file, line and column, or the name of the variable or flag" }),
      path: Type.String(),
      message: Type.String(),
      suggestion: nullable(Type.String()),
    }),
  ),
  changed: Type.Array(Type.String(), {
    description: "paths that differ from what is in force; empty where it is invalid",
  }),
  needs_restart: Type.Array(Type.String(), { description: "of these, what no reload can take on" }),
  yaml: nullable(Type.String(), {
    description: "what is set, with the origin of each value as a comment, secrets masked; null where it is invalid",
  }),
});
export type ConfigCheck = Static<typeof ConfigCheck>;
