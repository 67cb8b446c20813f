/** Whether a browser says that another site made it send this. */
export function isForeign(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  // where a browser says this, its Origin says less: `null` from a page without a referrer
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (origin === null) return false;
  return !hostsOf(headers).includes(hostOf(origin) ?? "");
}

/** What the browser may have asked for; behind a proxy that rewrites Host it is what no page of another site can set. */
function hostsOf(headers: Headers): string[] {
  const passedOn = headers.get("x-forwarded-host")?.split(",") ?? [];
  return [headers.get("host") ?? "", ...passedOn]
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== "");
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
