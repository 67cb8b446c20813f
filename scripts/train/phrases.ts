/** What a filter made in an afternoon would look for: the list that the classifier is compared with. */
export const PHRASES: readonly string[] = [
  "ignore previous instructions",
  "ignore all previous instructions",
  "ignore the previous instructions",
  "ignore the above",
  "ignore all instructions",
  "ignore your instructions",
  "disregard previous",
  "disregard all previous",
  "disregard the above",
  "disregard your instructions",
  "forget previous instructions",
  "forget all previous instructions",
  "forget your instructions",
  "forget everything",
  "override your instructions",
  "new instructions:",
  "system prompt",
  "your initial instructions",
  "reveal your instructions",
  "repeat the words above",
  "print your instructions",
  "you are now dan",
  "do anything now",
  "developer mode",
  "jailbreak",
  "no restrictions",
  "without any restrictions",
  "unfiltered",
  "bypass your",
  "pretend you are",
  "act as if",
  "you must obey",
  "from now on you",
  "stay in character",
  "<|im_start|>",
  "[inst]",
  "### system",
];

/** Whether one of them stands in a text. */
export function hasPhrase(text: string): boolean {
  const lower = text.toLowerCase();
  return PHRASES.some((phrase) => lower.includes(phrase));
}
