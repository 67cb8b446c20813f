import { Type } from "@sinclair/typebox";
import { Closed } from "../schema/vetted.ts";
import type { PolicyModule } from "./policy.ts";

/** 45 CFR 164.316(b)(2)(i): documentation is kept for six years. */
const HIPAA_DAYS = 2190;

const Options = Closed({
  immutable: Type.Boolean({
    default: true,
    description: "Rows are never edited; false is an error, nothing here edits",
  }),
  retention_days: Type.Integer({
    minimum: 1,
    maximum: 36_500,
    default: 365,
    description: "Older rows are removed from the old end; the chain stays verifiable",
  }),
  log_all_access: Type.Boolean({ default: false, description: "Every reading of the ledger is itself a row" }),
  hipaa_audit_controls: Type.Boolean({
    default: false,
    description: "Demands log_all_access, no content, and six years of retention",
  }),
  content: Type.Union([Type.Literal("none"), Type.Literal("hash"), Type.Literal("redacted")], {
    default: "none",
    description: "What of prompts and answers is kept: only none is served yet",
  }),
});

/** Writes one hash-chained ledger entry per request. Sees everything and changes nothing. */
export const auditLogger: PolicyModule<"audit-logger", typeof Options> = {
  name: "audit-logger",
  phases: ["input", "tool", "output"],
  options: Options,
  check(options) {
    const faults: { path: readonly string[]; message: string }[] = [];
    const fault = (key: string, message: string): void => void faults.push({ path: [key], message });
    if (!options.immutable) {
      fault("immutable", "immutable: false cannot be had: nothing here edits rows; write true, or leave it out");
    }
    if (options.content !== "none") {
      fault("content", `content: ${options.content} is not served yet, the ledger keeps no text: write none`);
    }
    if (!options.hipaa_audit_controls) return faults;
    if (!options.log_all_access) {
      fault("log_all_access", "hipaa_audit_controls demands log_all_access: true");
    }
    if (options.retention_days < HIPAA_DAYS) {
      const given = `not ${options.retention_days}`;
      fault(
        "retention_days",
        `hipaa_audit_controls demands six years, retention_days of at least ${HIPAA_DAYS}, ${given}`,
      );
    }
    return faults;
  },
  create(_options, { ledger }) {
    return ledger === undefined ? {} : { settle: (event) => ledger.push(event) };
  },
};
