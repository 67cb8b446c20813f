const VERSION = /^v\d+[a-z0-9]*$/;

/**
 * The address of an endpoint below a target's base URL. `https://host/x` and `https://host/x/v1` reach the same path;
 * trailing slashes do not matter, and a query string (`?api-version=…`) stays behind the path.
 *
 * Where a vendor's paths know no `/v1`, none is put in: the base ends in another version (`/api/paas/v4`), in `openai`
 * below a version (`/v1beta/openai`), or is Azure's (`/openai/deployments/NAME`, `/models`).
 */
export function endpointUrl(baseUrl: string, path: string): string {
  const bare = baseUrl.split("#", 1)[0]!;
  const queryAt = bare.indexOf("?");
  const query = queryAt < 0 ? "" : bare.slice(queryAt);
  const base = (queryAt < 0 ? bare : bare.slice(0, queryAt)).replace(/\/+$/, "");
  return `${base}${hasOwnVersion(base) ? "" : "/v1"}${path}${query === "?" ? "" : query}`;
}

function hasOwnVersion(base: string): boolean {
  const steps = base.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "").split("/");
  const last = steps.at(-1) ?? "";
  const before = steps.at(-2) ?? "";
  if (VERSION.test(last)) return true;
  if (last === "openai") return VERSION.test(before);
  return last === "models" || before === "deployments";
}
