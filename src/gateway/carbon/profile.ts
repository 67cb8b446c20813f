import { type Profile, profileOf } from "../../carbon/receipt-inputs.ts";
import { onceEach, oncePer } from "../../lib/once.ts";
import type { Target } from "../targets/target.ts";

const profilesOf = oncePer(({ id, config, place }: Target) =>
  onceEach((model) =>
    profileOf({
      target: id,
      model,
      provider: config.provider_type,
      region: place?.region.code ?? null,
      country: place?.region.country ?? null,
      energy: config.energy ?? {},
    }),
  ),
);

/** What is known of the machine behind a model at a target, worked out once. `model`: as the upstream knows it. */
export function carbonProfile(target: Target, model: string): Profile {
  return profilesOf(target)(model);
}
