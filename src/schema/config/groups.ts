import { type TSchema, Type } from "@sinclair/typebox";
import { Closed } from "../shapes.ts";
import { identifier } from "./values.ts";

/**
 * Targets behind one name. `strategy` and `chain` are given by whoever knows the registries of strategies and policies:
 * the shape of a group is the same whatever there is.
 */
export const modelGroup = <Strategy extends TSchema, Chain extends TSchema>(kinds: {
  strategy: Strategy;
  chain: Chain;
}) =>
  Closed({
    name: identifier("Name a client may ask for as its model"),
    targets: Type.Array(Type.String(), { minItems: 1, description: "Ids of targets, in order" }),
    aliases: Type.Array(identifier("A further name"), { default: [], description: "Further names of the group" }),
    strategy: Type.Optional(kinds.strategy),
    chain: Type.Optional(kinds.chain),
    fallback_group: Type.Optional(
      Type.String({ description: "Group that is asked when no target of this one can take or answer a request" }),
    ),
  });
