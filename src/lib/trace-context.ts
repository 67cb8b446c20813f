/** Where a request stands in a trace (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 hex digits: the caller's, or a fresh one. */
  readonly traceId: string;
  /** 16 hex digits: the span of this request. */
  readonly spanId: string;
  /** The caller's span; null: it named none. */
  readonly parentSpanId: string | null;
  /** Whether spans are to be exported: what the caller decided, else yes. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** Continues the trace of a `traceparent` header; a header that is not valid begins a new one, as the standard says. */
export function continueTrace(header: string | null): TraceContext {
  const [, version, traceId, parentSpanId, flags, more] = TRACEPARENT.exec(header?.trim() ?? "") ?? [];
  const isValid =
    version !== undefined &&
    version !== "ff" &&
    // later versions may append what this one does not know
    (version !== "00" || more === undefined) &&
    !/^0+$/.test(traceId!) &&
    !/^0+$/.test(parentSpanId!);
  if (!isValid) return { traceId: hex(16), spanId: makeSpanId(), parentSpanId: null, sampled: true };
  const sampled = (Number.parseInt(flags!, 16) & SAMPLED) !== 0;
  return { traceId: traceId!, spanId: makeSpanId(), parentSpanId: parentSpanId!, sampled };
}

/** The header for whoever is asked within span `spanId`. */
export function traceparentOf({ traceId, sampled }: TraceContext, spanId: string): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** A fresh span id. */
export function makeSpanId(): string {
  return hex(8);
}

/** Random bytes in hex, not all of them zero. */
function hex(bytes: number): string {
  const text = crypto.getRandomValues(new Uint8Array(bytes)).toHex();
  return /^0+$/.test(text) ? hex(bytes) : text;
}
