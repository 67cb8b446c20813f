/** Whether a browser says that another site made it send this. */
export function isForeign(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  // where a browser says this, its Origin says less: `null` from a page without a referrer
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (origin === null) return false;
  return hostOf(origin) !== headers.get("host")?.toLowerCase();
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
