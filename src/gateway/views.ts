import type { ModelView, TargetView } from "./gateway-api.ts";
import type { RouteTable } from "./route.ts";
import type { Target } from "./target.ts";

/** A target for people and for `/api/targets`; never its credential. */
export function targetView(target: Target): TargetView {
  const { config, live } = target;
  return {
    id: target.id,
    provider: config.provider,
    model: target.model,
    models: [...target.models.keys()],
    description: config.description ?? null,
    base_url: config.base_url ?? target.provider.baseUrl,
    region: null,
    available: target.unavailable === null,
    reason: target.unavailable,
    in_flight: live.inFlight,
    requests: live.requests,
    failures: live.failures,
    last_error: live.lastError,
    last_success_at: live.lastSuccessAtMs,
  };
}

/** What a caller may use as `model`: groups, aliases, models, target ids, each once. */
export function modelViews(table: RouteTable): readonly ModelView[] {
  const owners = new Map<string, string>();
  for (const group of table.groups) for (const name of group.names) owners.set(name, "weir");
  for (const target of table.targets) {
    if (target.unavailable !== null) continue;
    for (const name of [target.model, ...target.models.keys()])
      if (!owners.has(name)) owners.set(name, target.config.provider);
  }
  for (const target of table.targets) {
    if (target.unavailable === null && !owners.has(target.id)) owners.set(target.id, target.config.provider);
  }
  return [...owners].map(([id, owned_by]) => ({ id, owned_by }));
}
