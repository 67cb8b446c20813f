import { type Profile, profileOf } from "../../carbon/receipt-inputs.ts";
import type { Target } from "../targets/target.ts";

const profiles = new WeakMap<Target, Map<string, Profile>>();

/** What is known of the machine behind a model at a target, worked out once. `model`: as the upstream knows it. */
export function carbonProfile(target: Target, model: string): Profile {
  let known = profiles.get(target);
  if (known === undefined) {
    known = new Map();
    profiles.set(target, known);
  }
  let found = known.get(model);
  if (found === undefined) {
    const { config, place } = target;
    found = profileOf({
      target: target.id,
      model,
      provider: config.provider_type,
      region: place?.region.code ?? null,
      country: place?.region.country ?? null,
      energy: config.energy ?? {},
    });
    known.set(model, found);
  }
  return found;
}
