import type { Clock } from "../../lib/clock.ts";
import { HOUR_MS } from "../../lib/durations.ts";
import { randomToken } from "../random-token.ts";

/** How long a log-in lasts. */
const SESSION_MS = 12 * HOUR_MS;
/** Log-ins at one time; the oldest gives way. */
const MAX_SESSIONS = 256;
/**
 * The cookie that carries a session. Its name holds the port that the browser asked: cookies know none, and two gateways
 * on one machine would end each other's log-ins.
 */
function cookieName(headers: Headers): string {
  const port = /:(\d{1,5})$/.exec(headers.get("host") ?? "")?.[1];
  return port === undefined ? "weir_session" : `weir_session_${port}`;
}

/** One log-in to the console. */
export interface Session {
  readonly id: string;
  /** What a change must carry in `x-weir-csrf`. */
  readonly csrf: string;
  readonly endsAtMs: number;
}

interface Kept extends Session {
  /** The admin token's hash at the log-in, hex: another token ends the session. */
  readonly token: string;
}

/** The log-ins of this process, in memory: they end with it, after twelve hours, and with the token. */
export class Sessions {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Opens one for whoever has shown the token with that hash. */
  open(tokenHash: Uint8Array): Session {
    if (this.#kept.size >= MAX_SESSIONS) this.#kept.delete(this.#kept.keys().next().value!);
    const endsAtMs = this.#clock.now() + SESSION_MS;
    const session = { id: randomToken(), csrf: randomToken(), endsAtMs, token: tokenHash.toHex() };
    this.#kept.set(session.id, session);
    return session;
  }

  /** The session that these headers carry; null: none, or one that has ended. */
  find(headers: Headers, tokenHash: Uint8Array | null): Session | null {
    const id = cookieOf(headers);
    const session = id === null ? undefined : this.#kept.get(id);
    if (session === undefined || tokenHash === null) return null;
    if (session.endsAtMs > this.#clock.now() && session.token === tokenHash.toHex()) return session;
    this.#kept.delete(session.id);
    return null;
  }

  close({ id }: Session): void {
    this.#kept.delete(id);
  }
}

/** The `Set-Cookie` of a session, for whoever asked with these headers; without a session, what removes it. */
export function setCookie(session: Session | null, headers: Headers, secure: boolean): string {
  const life = session === null ? "Max-Age=0" : `Max-Age=${SESSION_MS / 1000}`;
  const parts = [`${cookieName(headers)}=${session?.id ?? ""}`, "Path=/", "HttpOnly", "SameSite=Strict", life];
  return [...parts, ...(secure ? ["Secure"] : [])].join("; ");
}

function cookieOf(headers: Headers): string | null {
  const name = cookieName(headers);
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
