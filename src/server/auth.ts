import { timingSafeEqual } from "node:crypto";
import { bearer } from "../gateway/admission/consumers.ts";
import type { Clock } from "../lib/clock.ts";
import { MINUTE_MS } from "../lib/durations.ts";
import { GatewayError } from "../lib/errors.ts";
import type { Logger } from "../lib/logger.ts";
import { hashToken } from "./admin-token.ts";
import type { Session, Sessions } from "./console/session.ts";
import { isForeign } from "./foreign-site.ts";

/** At most this many failed log-ins a minute are logged one by one; the rest are counted in the next line. */
const LOGGED_PER_MINUTE = 10;

/** Whether a token has that hash; takes the same time wherever they differ. */
export function matches(token: string | null, hash: Uint8Array | null): boolean {
  return token !== null && hash !== null && timingSafeEqual(hashToken(token), hash);
}

/** Who asks, and for what: for the log line of a refusal. */
export interface Knock {
  readonly method: string;
  readonly headers: Headers;
  readonly path: string;
  readonly requestId: string;
  readonly address: string | null;
}

/** The door of `/api` and `/console`. */
export interface AdminDoor {
  /** Whether these headers carry it as a Bearer token. Says nothing to the log. */
  readonly opens: (headers: Headers) => boolean;
  /** The console's session that these headers carry, if it still holds. */
  readonly session: (headers: Headers) => Session | null;
  /** Whether these headers may read: by either. Says nothing to the log. */
  readonly admits: (headers: Headers) => boolean;
  /** Throws `admin_token_missing` where no token is set up, `invalid_api_key` where it is not given or wrong. */
  readonly check: (knock: Knock) => void;
}

/** The hash of the token in force, asked anew for each request; null: none. */
export type TokenHash = () => Uint8Array | null;

/** What a door is made of. */
export interface DoorParts {
  readonly hash: TokenHash;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the console's log-ins are kept; absent: this door knows Bearer tokens only. */
  readonly sessions?: Sessions;
}

/** A door that the token with that hash opens, and a session that was opened with it. */
export function createAdminDoor(options: DoorParts): AdminDoor {
  const { hash, sessions } = options;
  const session = (headers: Headers): Session | null =>
    isForeign(headers) ? null : (sessions?.find(headers, hash()) ?? null);
  const opens = (headers: Headers): boolean => matches(bearer(headers), hash());
  const logRefusal = limitedLog(options.clock, options.log);
  return {
    opens,
    session,
    admits: (headers) => opens(headers) || session(headers) !== null,
    check({ headers, method, requestId: request_id, ...knock }) {
      const expected = hash();
      if (expected === null) {
        throw new GatewayError(
          "admin_token_missing",
          "Cannot serve this route: no admin token is set up, run `weir admin token` or set server.admin_token_ref; where that is set, the secret it names is missing or empty, and no other token counts",
        );
      }
      const given = bearer(headers);
      if (matches(given, expected)) return;
      const held = given === null ? session(headers) : null;
      if (held !== null) return requireIntent(held, method, headers);
      logRefusal({ ...knock, request_id, reason: given === null ? "no Bearer token" : "wrong token" });
      const message =
        given === null
          ? "Cannot serve this route without the admin token: send it as Authorization: Bearer TOKEN"
          : "Cannot serve this route: that is not the admin token";
      throw new GatewayError("invalid_api_key", message);
    },
  };
}

/** A browser adds the cookie by itself, so a change needs what only our own page knows. */
function requireIntent({ csrf }: Session, method: string, headers: Headers): void {
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return;
  if (headers.get("x-weir-csrf") === csrf) return;
  const message = "Cannot change anything by the console's cookie alone: send the page's token as x-weir-csrf";
  throw new GatewayError("invalid_api_key", message);
}

function limitedLog(clock: Clock, log: Logger): (fields: object) => void {
  let startMs = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let unlogged = 0;
  return (fields) => {
    const now = clock.monotonic();
    if (now - startMs >= MINUTE_MS) {
      startMs = now;
      lines = 0;
    }
    lines += 1;
    if (lines > LOGGED_PER_MINUTE) {
      unlogged += 1;
      return;
    }
    log.warn(unlogged === 0 ? fields : { ...fields, unlogged_before: unlogged }, "admin access refused");
    unlogged = 0;
  };
}
