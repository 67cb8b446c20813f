import { auditLogger } from "./audit-logger.ts";

/** Every policy kind, by the name it has in YAML. */
export const policies = { "audit-logger": auditLogger };
