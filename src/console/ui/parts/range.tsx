import { go, usePlace, withQuery } from "../router.ts";

/** Stretches of time to choose from. */
export const RANGES = ["1h", "6h", "24h", "7d"] as const;
const WORDS: Readonly<Record<string, string>> = { "1h": "1 hour", "6h": "6 hours", "24h": "24 hours", "7d": "7 days" };

/** The chosen stretch; it stands in the URL. */
export function useRange(): string {
  const given = usePlace().query.get("range");
  return RANGES.find((range) => range === given) ?? "24h";
}

/** Chooses the stretch of time. */
export function RangePicker() {
  const chosen = useRange();
  return (
    <fieldset class="group" aria-label="Stretch of time">
      {RANGES.map((range) => (
        <button
          type="button"
          key={range}
          aria-pressed={range === chosen}
          title={WORDS[range]}
          onClick={() => go(withQuery({ range: range === "24h" ? "" : range }), { replace: true })}
        >
          {range}
        </button>
      ))}
    </fieldset>
  );
}
