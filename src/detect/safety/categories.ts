/** What the safety model tells apart, in the order of its weights. */
export const SAFETY_CATEGORIES = [
  "violence",
  "weapons",
  "self-harm",
  "sexual",
  "minors",
  "hate",
  "harassment",
  "drugs",
  "crime",
  "malware",
  "extremism",
  "cbrn",
] as const;

/** One of {@link SAFETY_CATEGORIES}. */
export type SafetyCategory = (typeof SAFETY_CATEGORIES)[number];

/** Number of categories. */
export const CATEGORY_COUNT: number = SAFETY_CATEGORIES.length;
