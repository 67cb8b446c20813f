import { policies } from "./index.ts";
import type { PolicyModule } from "./policy.ts";

/** The policy kind of that name in YAML; undefined: there is none. */
export function policyNamed(name: string): PolicyModule | undefined {
  return (policies as Readonly<Record<string, PolicyModule>>)[name];
}
