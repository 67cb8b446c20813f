import { useEffect, useState } from "preact/hooks";
import { go, usePlace, withQuery } from "../router.ts";

/** Stretches of time to choose from. */
export const RANGES = ["1h", "6h", "24h", "7d"] as const;
type Range = (typeof RANGES)[number];
/** The same in words, after "the last". */
export const RANGE_WORDS: Readonly<Record<Range, string>> = {
  "1h": "hour",
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
};

const YOUTH = "weir:youth";
const YOUNG_MS = 50 * 60_000;
/** What is shown where nothing is chosen. */
let usual: Range = "24h";

/** The chosen stretch; it stands in the URL. */
export function useRange(): Range {
  const given = usePlace().query.get("range");
  const [, redraw] = useState(0);
  useEffect(() => {
    const heard = () => redraw((times) => times + 1);
    addEventListener(YOUTH, heard);
    return () => removeEventListener(YOUTH, heard);
  }, []);
  return RANGES.find((range) => range === given) ?? usual;
}

/** Tells what the ledger covers: with less than an hour of it, the last hour is what is shown unless another is chosen. */
export function useYouth(coversSince: number | null): void {
  useEffect(() => {
    if (coversSince === null) return;
    const fitting = Date.now() - coversSince < YOUNG_MS ? "1h" : "24h";
    if (fitting === usual) return;
    usual = fitting;
    dispatchEvent(new Event(YOUTH));
  }, [coversSince]);
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
          title={`The last ${RANGE_WORDS[range]}`}
          onClick={() => go(withQuery({ range }), { replace: true })}
        >
          {range}
        </button>
      ))}
    </fieldset>
  );
}
