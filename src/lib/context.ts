import type { RequestEvent } from "../schema/event.ts";
import type { ReceiptRow, SealedReceipt, UnsignedReceipt } from "../schema/receipt.ts";
import type { Clock } from "./clock.ts";
import type { ConnectTime } from "./connect-time.ts";
import type { Parsed } from "./json/json.ts";
import type { Logger } from "./logger.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { TraceContext } from "./trace-context.ts";

/** The endpoints whose requests go through the policy chain and to a target. */
export const ENDPOINTS = ["chat", "completions", "fim", "embeddings", "moderations"] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Facts about one request, read-only; what changes on the way travels as an argument. */
export interface RequestContext {
  /** `x-request-id`, the caller's or ours. */
  readonly id: string;
  readonly endpoint: Endpoint;
  /** Epoch milliseconds. */
  readonly receivedAtMs: number;
  /** `Clock.monotonic()` at receipt: the zero of every offset in the event. */
  readonly startedMs: number;
  /** `Clock.monotonic()` at which the whole request must be over; null: no deadline. */
  readonly deadlineMs: number | null;
  /** The consumer's id, or null where callers are not authenticated. */
  readonly consumer: string | null;
  /** The consumer's roles; none where it has none, or callers are not authenticated. */
  readonly roles?: readonly string[];
  /**
   * The caller's headers, credentials among them: for policies that ask whether one is there, or for one by its name.
   * Absent where nobody sent any (tests, `weir policy test`).
   */
  readonly headers?: Headers;
  /** W3C trace context to continue, if the caller sent one. */
  readonly traceparent: string | null;
  /** Where the request stands in its trace; absent where traces are not exported. */
  readonly trace?: TraceContext;
  readonly stream: boolean;
  /** The request as its policies have let it go on, for those that judge the answer; absent until then. */
  readonly asked?: Parsed;
  /** What a person has to say about this request; absent where nobody can be asked (tests, `weir policy test`). */
  readonly escalation?: RequestEscalation;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** One request, as far as persons decide about it. */
export interface RequestEscalation {
  /** Whether a person has let it pass: no policy holds it again. */
  readonly isApproved: boolean;
  /**
   * Has it wait for a person because of this error, and gives the error with the id it waits under. Any other error is
   * given back. `told`: the client has the error already, so its id stays. Never rejects.
   */
  held(error: unknown, told?: boolean): MaybePromise<unknown>;
}

/** A request that is to wait for a person. */
export interface HeldRequest {
  /** Its `escalation_id`, unless the same request waits already. */
  readonly id: string;
  /** Keyed hash of who asks and of the whole request. */
  readonly key: string;
  readonly at: number;
  readonly request: string;
  readonly endpoint: Endpoint;
  readonly model: string | null;
  readonly consumer: string | null;
  readonly policy: string;
  readonly reason_code: string;
  readonly message: string;
  /** Its texts as the redacting policies leave them, where `audit-logger.content` keeps them; else null. */
  readonly text: string | null;
}

/** Where requests wait for persons. */
export interface EscalationDesk {
  /** Whether any request may be sent once more: without that nobody need ask. */
  readonly isOpen: boolean;
  /** Whether a person lets the request with this key pass; that is then used up. */
  claim(key: string): MaybePromise<boolean>;
  /** Keeps a request waiting and gives the id it waits under: that of the same request, where it waits already. */
  hold(item: HeldRequest, isNew: boolean): MaybePromise<string>;
}

/** Where finished requests are written down: the ledger's queue, seen from below. Never blocks, never throws. */
export interface EventSink {
  push(event: RequestEvent): void;
}

/** Where receipts are signed and kept, seen from below. */
export interface ReceiptDesk {
  /** Gives a receipt its place in this thread's chain and signs it. Throws where it cannot be signed. */
  seal(unsigned: UnsignedReceipt): SealedReceipt;
  /** Has a receipt kept. Never blocks, never throws. */
  keep(receipt: ReceiptRow): void;
}

/** Everything with a side effect, injected. */
export interface Services {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Times connections for probes of targets with a region. Absent: nobody measures the network. */
  readonly connectTime?: ConnectTime;
  /** The process's ledger; absent where nothing is written down (tests, `weir policy test`). */
  readonly ledger?: EventSink;
  /** Absent: there are no receipts. */
  readonly receipts?: ReceiptDesk;
  /** Absent where nobody can be asked. */
  readonly escalations?: EscalationDesk;
  /** Keyed hash of a text, in hex, with the key of the state directory; absent: whoever needs one makes a key. */
  readonly digest?: (text: string) => string;
  /** What policies remember of callers, by policy: survives a reload. Absent: they begin anew. */
  readonly memory?: Map<string, unknown>;
  /**
   * Where agent-firewall counts what several threads of the process let through, and behind it where they went by carbon
   * intensity. Absent: there is one thread.
   */
  readonly sharedMemory?: SharedArrayBuffer;
}
