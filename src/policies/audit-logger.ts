import { randomBytes } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import type { EventSink, RequestContext, Services } from "../lib/context.ts";
import { keyedDigest } from "../lib/digest.ts";
import type { RequestEvent } from "../schema/event.ts";
import { Closed, oneOf } from "../schema/shapes.ts";
import { vaultOf } from "./pii/vault.ts";
import { ALLOW, everywhere, type OptionFault, type Policy, type PolicyModule, type StreamTransform } from "./policy.ts";
import { answerText, GrowingAnswer, type Keeping, type Kept, keptContent, requestText } from "./texts/kept-content.ts";

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
    description: "Older rows are removed from the old end, a sealed segment (at most a day) at a time",
  }),
  log_all_access: Type.Boolean({
    default: false,
    description: "Every reading of the ledger or of receipts is itself a row",
  }),
  hipaa_audit_controls: Type.Boolean({
    default: false,
    description: "Demands log_all_access, no raw content, and six years of retention",
  }),
  content: oneOf(["none", "hash", "redacted"], {
    default: "none",
    description:
      "What is kept of the texts that the chain let through: nothing, their HMAC-SHA-256 with a key of the state directory, or the first 16,384 characters of request and answer as the other policies left them",
  }),
});
type Options = Static<typeof Options>;

/** Writes one hash-chained ledger entry per request. Comes after all other policies, sees everything, changes nothing. */
export const auditLogger: PolicyModule<"audit-logger", typeof Options> = {
  name: "audit-logger",
  summary: "Writes every request to the ledger, for as long as it says, with as much of its content as it says",
  phases: ["input", "tool", "output"],
  isLast: true,
  content: false,
  keepsText: ({ content }) => content === "redacted",
  options: Options,
  check: faultsOf,
  effects: () => everywhere("observes"),
  create({ content }, { ledger, digest }: Services) {
    if (ledger === undefined) return {};
    if (content === "none") return { settle: (event) => ledger.push(event) };
    return new Keeper({ form: content, digest: digest ?? keyedDigest(randomBytes(32).toHex()) }, ledger);
  },
};

function faultsOf(options: Options): readonly OptionFault[] {
  const faults: OptionFault[] = [];
  const fault = (key: string, message: string): void => void faults.push({ path: [key], message });
  if (!options.immutable) {
    fault("immutable", "immutable: false cannot be had: nothing here edits rows; write true, or leave it out");
  }
  if (!options.hipaa_audit_controls) return faults;
  if (!options.log_all_access) {
    fault("log_all_access", "hipaa_audit_controls demands log_all_access: true");
  }
  if (options.content === "redacted") {
    fault("content", "hipaa_audit_controls demands that no content is kept: write none or hash, not redacted");
  }
  if (options.retention_days < HIPAA_DAYS) {
    const given = `not ${options.retention_days}`;
    fault(
      "retention_days",
      `hipaa_audit_controls demands six years, retention_days of at least ${HIPAA_DAYS}, ${given}`,
    );
  }
  return faults;
}

const NOTHING_KEPT: Kept = { request: null, answer: null, growing: null, hide: (text) => text };

/** Gathers the texts of requests that run, until their events are there. */
class Keeper implements Policy {
  readonly #keeping: Keeping;
  readonly #ledger: EventSink;
  readonly #running = new WeakMap<RequestContext, Kept>();

  constructor(keeping: Keeping, ledger: EventSink) {
    this.#keeping = keeping;
    this.#ledger = ledger;
  }

  request: NonNullable<Policy["request"]> = (_parsed, places, context) => {
    this.#of(context).request = requestText(places);
    return ALLOW;
  };

  response: NonNullable<Policy["response"]> = (_parsed, places, context) => {
    this.#of(context).answer = answerText(places);
    return ALLOW;
  };

  stream(context: RequestContext): StreamTransform {
    const kept = this.#of(context);
    const growing = new GrowingAnswer(context.endpoint);
    return {
      push(chunk) {
        // of several attempts the one that speaks last is the one that the client hears
        kept.growing = growing;
        growing.push(chunk);
        return [chunk];
      },
      flush: () => [],
    };
  }

  settle(event: RequestEvent, context: RequestContext): void {
    const kept = this.#running.get(context) ?? NOTHING_KEPT;
    this.#running.delete(context);
    this.#ledger.push({ ...event, content: keptContent(this.#keeping, kept) });
  }

  #of(context: RequestContext): Kept {
    const known = this.#running.get(context);
    if (known !== undefined) return known;
    const fresh: Kept = { request: null, answer: null, growing: null, hide: (text) => vaultOf(context).hide(text) };
    this.#running.set(context, fresh);
    return fresh;
  }
}
