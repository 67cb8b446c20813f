import { Type } from "@sinclair/typebox";
import { identifier } from "./config-values.ts";
import { Closed } from "./vetted.ts";

/**
 * Targets behind one name. `strategy` is given by whoever knows the registry of strategies: the shape of a group is
 * the same whatever strategies there are.
 */
export const modelGroup = <Strategy extends Parameters<typeof Type.Optional>[0]>(strategy: Strategy) =>
  Closed({
    name: identifier("Name a client may ask for as its model"),
    targets: Type.Array(Type.String(), { minItems: 1, description: "Ids of targets, in order" }),
    aliases: Type.Array(identifier("A further name"), { default: [] }),
    strategy: Type.Optional(strategy),
  });
