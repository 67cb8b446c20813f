import { agentFirewall } from "./agent-firewall.ts";
import { auditLogger } from "./audit-logger.ts";
import { dataRoutingPolicy } from "./data-routing-policy.ts";
import { dlpFilter } from "./dlp-filter.ts";
import { languageValidator } from "./language-validator.ts";
import { piiDetector } from "./pii-detector.ts";
import { promptInjection } from "./prompt-injection.ts";
import { qualityScorer } from "./quality-scorer.ts";
import { rbac } from "./rbac.ts";
import { safetyFilter } from "./safety-filter.ts";

/** Every policy kind, by the name it has in YAML. */
export const policies = {
  "audit-logger": auditLogger,
  "data-routing-policy": dataRoutingPolicy,
  rbac,
  "prompt-injection": promptInjection,
  "agent-firewall": agentFirewall,
  "pii-detector": piiDetector,
  "dlp-filter": dlpFilter,
  "language-validator": languageValidator,
  "safety-filter": safetyFilter,
  "quality-scorer": qualityScorer,
};
