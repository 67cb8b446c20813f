import type { Endpoint } from "../lib/context.ts";

const ROUTES: Readonly<Record<string, Endpoint>> = {
  "/chat/completions": "chat",
  "/completions": "completions",
  "/fim/completions": "fim",
  "/embeddings": "embeddings",
  "/moderations": "moderations",
};

const byPath = new Map<string, Endpoint>();
for (const path in ROUTES) {
  for (const prefix of ["/v1", ""]) for (const end of ["", "/"]) byPath.set(`${prefix}${path}${end}`, ROUTES[path]!);
}

/** The endpoint a path names, with or without `/v1` and a trailing slash; null where it names none. */
export function modelRoute(pathname: string): Endpoint | null {
  return byPath.get(pathname) ?? null;
}
