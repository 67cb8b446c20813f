import { SAFETY_CATEGORIES, type SafetyCategory } from "../../detect/safety/categories.ts";
import { categoriesNamed, type Profile, type SafetyOptions } from "./options.ts";

/** Scores at which a category counts. */
const USUAL = 0.8;
const STRICT = 0.5;
const LENIENT = 0.95;

/** What each profile is strict about. */
const STRICT_ABOUT: Readonly<Record<Profile, readonly SafetyCategory[]>> = {
  strict: SAFETY_CATEGORIES,
  critical_infrastructure: ["weapons", "malware", "extremism", "cbrn", "crime", "violence"],
  automotive: ["violence", "self-harm", "drugs", "crime"],
  education: ["sexual", "minors", "self-harm", "violence", "weapons", "drugs", "hate", "harassment", "extremism"],
  law_enforcement: ["minors"],
};
/** What people speak of by trade. */
const LENIENT_ABOUT: Readonly<Partial<Record<Profile, readonly SafetyCategory[]>>> = {
  law_enforcement: ["violence", "weapons", "drugs", "crime", "extremism"],
};
const FOR_MINORS: readonly SafetyCategory[] = [
  "sexual",
  "minors",
  "self-harm",
  "violence",
  "drugs",
  "hate",
  "harassment",
];

/** From which score on each category counts, in the order of SAFETY_CATEGORIES; above 1: never. */
export function safetyThresholds({ mode, profile, categories, threshold, max_age }: SafetyOptions): readonly number[] {
  const chosen = mode === "enforce" || mode === "monitor" ? profile : mode;
  const wanted = categories?.flatMap((name) => categoriesNamed(name) ?? []) ?? SAFETY_CATEGORIES;
  return SAFETY_CATEGORIES.map((category) => {
    if (!wanted.includes(category)) return 2;
    if (threshold !== undefined) return threshold;
    if (max_age > 0 && max_age < 18 && FOR_MINORS.includes(category)) return STRICT;
    if (chosen === undefined) return USUAL;
    if (STRICT_ABOUT[chosen].includes(category)) return STRICT;
    return LENIENT_ABOUT[chosen]?.includes(category) ? LENIENT : USUAL;
  });
}
