import type { TSchema } from "@sinclair/typebox";
import type { ErrorCode, GatewayError } from "../lib/errors.ts";

/** Who may call a route: everybody; who may read metrics; who has the admin token. */
export type Access = "open" | "metrics" | "admin";

/** One request of a route that is not a model route. */
export interface Call {
  readonly request: Request;
  readonly requestId: string;
  /** Percent-encoded, without trailing slashes. */
  readonly path: string;
  /** Parameters of the path's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Who asks, behind the proxies that are trusted. */
  readonly peer: Peer;
  /** Writes an internal error down; what the caller sees of it says nothing. */
  log(error: GatewayError): void;
}

/** What the socket knows of a request. */
export interface Peer {
  /** The other end's address; null where there is none (tests). */
  address(): string | null;
  /** Whether it came in by a listener that only this machine reaches. */
  readonly loopback: boolean;
  /** Lifts the limit on silence: the request is in, and its answer may take as long as it takes. */
  received(): void;
  /** Sets the limit again, for what the client sends next on this connection. */
  answered(): void;
}

/** A parameter of the path or the query, for the documents. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly schema: TSchema;
  readonly description: string;
}

/** One body that a route reads or writes. */
export interface BodyShape {
  readonly description: string;
  /** Absent: text without a schema. */
  readonly schema?: TSchema;
  /** `application/json` where absent. */
  readonly mediaTypes?: readonly string[];
}

/** What the documents say of a route. The table of these is the one source of routing, 405, OpenAPI and tests. */
export interface RouteFacts {
  readonly method: "GET" | "POST";
  /** `:name` is one segment, a last `*` is the rest. */
  readonly path: string;
  /** Also served without `/v1`. */
  readonly openAi: boolean;
  readonly access: Access;
  /** `true`: callers' keys open it, and the admin token too. */
  readonly orAdmin?: boolean;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: BodyShape;
  readonly answer: BodyShape;
  /** What else it answers, by status, in the form of `answer` or with no body. */
  readonly others?: Readonly<Record<number, string>>;
  /** Codes of `lib/errors.ts` that this route can answer, besides those of its access. */
  readonly errors: readonly ErrorCode[];
}

/** A route that Elysia serves. */
export interface Route extends RouteFacts {
  /** May throw; what it throws becomes the error form. */
  handle(call: Call): Promise<Response> | Response;
}

/** What a route can answer besides that is the consumers' too, where the configuration has some. */
export const KEY_ERRORS = ["invalid_api_key", "key_expired"] as const;

/** A JSON answer that no cache keeps. */
export function json(value: unknown): Response {
  return new Response(JSON.stringify(value), {
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

/** The paths under which a route is served. */
export function pathsOf({ path, openAi }: Pick<RouteFacts, "path" | "openAi">): readonly string[] {
  return openAi ? [path, path.slice("/v1".length)] : [path];
}

/** The `Allow` header of a path with these methods. */
export function allowOf(methods: Iterable<string>): string {
  const all = new Set(methods);
  if (all.has("GET")) all.add("HEAD");
  return [...all, "OPTIONS"].join(", ");
}
