import type { Endpoint } from "../../lib/context.ts";
import { ENDPOINT_PATHS } from "../../lib/endpoint-paths.ts";
import { pathsOf } from "../route.ts";

const byPath = new Map(
  (Object.keys(ENDPOINT_PATHS) as Endpoint[]).flatMap((endpoint) =>
    pathsOf({ path: ENDPOINT_PATHS[endpoint], openAi: true }).flatMap((path) => [
      [path, endpoint] as const,
      [`${path}/`, endpoint] as const,
    ]),
  ),
);

/** The endpoint a path names, with or without `/v1` and a trailing slash; null where it names none. */
export function modelRoute(pathname: string): Endpoint | null {
  return byPath.get(pathname) ?? null;
}
