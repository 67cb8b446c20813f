import { GatewayError } from "../../lib/errors.ts";

const UNTRUSTED =
  "the server's certificate is not trusted: name the authority that signed it in NODE_EXTRA_CA_CERTS, or mend it";

/** SQLSTATE codes and their classes, and the client's own codes, with what they mean to whoever runs the gateway. */
const REASONS: readonly (readonly [prefix: string, reason: string])[] = [
  ["28", "the server does not take this user and password: mend store.url"],
  ["3D000", "there is no such database: make it, or name another one in store.url"],
  ["42P01", "its tables are gone: they are made anew, in a chain of its own, at the next use"],
  ["42501", "this user may not do that: give it CREATE on the schema, or the tables"],
  ["53100", "the server's disk is full: free some space"],
  ["53300", "the server has too many connections: let it take more, or close some"],
  ["25006", "the server is read-only: name the primary in store.url"],
  ["57P", "the server is going down or coming up: it is tried again"],
  ["ERR_POSTGRES_CONNECTION", "the server cannot be reached: start it, or mend store.url"],
  ["ERR_POSTGRES_IDLE_TIMEOUT", "the server cannot be reached: start it, or mend store.url"],
  ["ERR_POSTGRES_AUTHENTICATION", "the server does not take this user and password: mend store.url"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", UNTRUSTED],
  ["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
  ["UNABLE_TO_", UNTRUSTED],
  ["CERT_", UNTRUSTED],
  ["ERR_TLS_CERT", "the server's certificate is of another name: mend the host in store.url, or the certificate"],
  ["ERR_POSTGRES_TLS", "the connection could not be encrypted: mend sslmode in store.url"],
];

/** The codes of what PostgreSQL or its client threw. */
function codesOf(thrown: unknown): readonly string[] {
  if (typeof thrown !== "object" || thrown === null) return [];
  const { errno, code } = thrown as { readonly errno?: unknown; readonly code?: unknown };
  return [errno, code].filter((each) => typeof each === "string");
}

/** What a failure of PostgreSQL means. Names no user, password or host. A GatewayError stays what it is. */
export function postgresError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const codes = codesOf(thrown);
  const known = REASONS.find(([prefix]) => codes.some((code) => code.startsWith(prefix)))?.[1];
  const said = codes.length > 0 ? `it says ${codes.join(", ")}` : "its client failed";
  return new GatewayError("service_unavailable", `The ledger in PostgreSQL could not be used: ${known ?? said}`, {
    cause: thrown,
  });
}

/** Whether a connection ended before the answer to what was asked: nobody knows whether it was done. */
export function isCut(thrown: unknown): boolean {
  return codesOf(thrown).some((code) => code.startsWith("ERR_POSTGRES_CONNECTION") || code.startsWith("57P"));
}

/** Whether there are no tables of ours: the database was emptied, or another server has taken over without its rows. */
export function isWithoutTables(thrown: unknown): boolean {
  const cause = thrown instanceof GatewayError ? thrown.cause : thrown;
  return codesOf(cause).some((code) => code.startsWith("42P01"));
}
