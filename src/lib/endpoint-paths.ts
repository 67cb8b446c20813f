import type { Endpoint } from "./context.ts";

/** Where a caller asks for each endpoint. */
export const ENDPOINT_PATHS: Readonly<Record<Endpoint, string>> = {
  chat: "/v1/chat/completions",
  completions: "/v1/completions",
  fim: "/v1/fim/completions",
  embeddings: "/v1/embeddings",
  moderations: "/v1/moderations",
};

/** The path of an endpoint as a ledger names it, which may be that of another version; null for one that is not known. */
export function pathOf(endpoint: string): string | null {
  const paths: Readonly<Record<string, string>> = ENDPOINT_PATHS;
  return Object.hasOwn(paths, endpoint) ? (paths[endpoint] ?? null) : null;
}
