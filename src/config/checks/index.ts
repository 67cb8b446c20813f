import { checkAudit } from "./audit.ts";
import { checkCarbon } from "./carbon.ts";
import { checkConsumers } from "./consumers.ts";
import { checkContradictions } from "./contradictions.ts";
import type { Inspection } from "./inspection.ts";
import { checkReferences } from "./references.ts";
import { checkRegions } from "./regions.ts";
import { checkSecretRefs } from "./secret-refs.ts";
import { checkTargets } from "./targets.ts";
import { warn } from "./warnings.ts";

/** Everything a document is asked beyond its shape; each reports what it finds, whatever the others find. */
export const checks: readonly ((inspection: Inspection) => void)[] = [
  checkReferences,
  checkTargets,
  checkConsumers,
  checkRegions,
  checkCarbon,
  checkContradictions,
  checkSecretRefs,
  checkAudit,
  warn,
];
