/** `bun scripts/evaluate/safety.ts`: how well the safety model tells texts of sources it never saw. Same rows, same table. */
import { SAFETY_CATEGORIES } from "../../src/detect/safety/categories.ts";
import { type SafetyJudged, safetySamples, safetyThresholds, validatedSafety } from "../train/safety-validation.ts";

/** How often an unsafe row has more evidence than a safe one. */
function areaUnder(unsafe: readonly number[], safe: readonly number[]): number {
  const all = [...unsafe.map((value) => ({ value, own: 1 })), ...safe.map((value) => ({ value, own: 0 }))];
  all.sort((one, other) => one.value - other.value);
  let below = 0;
  let won = 0;
  for (let at = 0; at < all.length; ) {
    let end = at;
    let ties = 0;
    for (; end < all.length && all[end]!.value === all[at]!.value; end++) ties += 1 - all[end]!.own;
    for (; at < end; at++) if (all[at]!.own === 1) won += below + ties / 2;
    below += ties;
  }
  return won / (unsafe.length * safe.length);
}

const judged = validatedSafety(await safetySamples());
const { strictAt, defaultAt } = safetyThresholds(judged);
const share = (rows: readonly SafetyJudged[], at: number): string =>
  `${((100 * rows.filter(({ most }) => most >= at).length) / Math.max(1, rows.length)).toFixed(1)} %`;
const most = (rows: readonly SafetyJudged[]): readonly number[] => rows.map((row) => row.most);

const lines: string[][] = [["what", "unsafe", "safe", "AUC", "found default", "strict", "false default", "strict"]];
function line(what: string, unsafe: readonly SafetyJudged[], safe: readonly SafetyJudged[]): void {
  const auc = unsafe.length === 0 || safe.length === 0 ? "" : areaUnder(most(unsafe), most(safe)).toFixed(3);
  const rates = (rows: readonly SafetyJudged[]) =>
    rows.length === 0 ? ["", ""] : [share(rows, defaultAt), share(rows, strictAt)];
  lines.push([what, String(unsafe.length), String(safe.length), auc, ...rates(unsafe), ...rates(safe)]);
}

const rowsOf = (test: (row: SafetyJudged["row"]) => boolean) => {
  const rows = judged.filter(({ row }) => test(row));
  return [rows.filter(({ row }) => row.unsafe), rows.filter(({ row }) => !row.unsafe)] as const;
};
const sources = [...new Set(judged.map(({ row }) => row.source))].sort();
for (const source of sources) line(source, ...rowsOf((row) => row.source === source));
for (const lang of ["en", "de", "es", "fr", "it", "nl", "pl", "pt"]) {
  line(`own ${lang}`, ...rowsOf((row) => row.source === "own" && row.lang === lang));
  if (lang !== "en") line(`mhc ${lang}`, ...rowsOf((row) => row.source === "mhc" && row.lang === lang));
}
for (const category of SAFETY_CATEGORIES)
  line(`own ${category}`, ...rowsOf((row) => row.source === "own" && row.kind === category));
const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
for (const cells of lines)
  console.log(cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "));
console.log(`0.5 at ${strictAt.toFixed(2)}, 0.8 at ${defaultAt.toFixed(2)}`);
