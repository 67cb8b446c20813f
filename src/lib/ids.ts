const ACCEPTED = /^[\x21-\x7e]{1,128}$/;

/** A caller's `x-request-id` where it is printable ASCII of at most 128 characters, else a fresh UUIDv7 (RFC 9562). */
export function requestId(given: string | null): string {
  return given !== null && ACCEPTED.test(given) ? given : Bun.randomUUIDv7();
}

/** A fresh `escalation_id`. */
export function escalationId(): string {
  return `esc_${Bun.randomUUIDv7()}`;
}
