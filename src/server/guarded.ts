/** Prefixes that need the admin token whether or not a route stands behind them. */
export const GUARDED = ["/api", "/console"];

/** Whether a path is behind the admin token, whatever stands there. */
export function isGuarded(path: string): boolean {
  return GUARDED.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
