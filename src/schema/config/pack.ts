import { Type } from "@sinclair/typebox";
import { Closed } from "../shapes.ts";

/** SemVer 2.0.0, the expression suggested on semver.org. */
const SEMVER =
  "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?$";

/** What this configuration calls itself. */
export const Pack = Closed(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: "Name of this configuration" }),
    version: Type.String({
      pattern: SEMVER,
      maxLength: 256,
      expects: "a version in SemVer form, such as 1.0.0",
      description: "SemVer of this configuration",
    }),
    enabled: Type.Boolean({ description: "false: /readyz is 503 and every model route answers 503 gateway_disabled" }),
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Id of your own; for people" })),
    author: Type.Optional(Type.String({ maxLength: 200, description: "Who wrote it; for people" })),
    description: Type.Optional(Type.String({ maxLength: 2000, description: "What it is for; for people" })),
  },
  { description: "What this configuration calls itself" },
);
