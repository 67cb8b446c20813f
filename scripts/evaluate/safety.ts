/*
 * What the safety model finds and how often it is wrong, at both operating points: by source, category and language.
 * Each row is judged by a model that never saw its source, texts of our own by one that never saw their scene.
 *
 *   bun scripts/evaluate/safety.ts            for people, in Markdown
 *   bun scripts/evaluate/safety.ts --sources  with every public source by itself
 */
import { SAFETY_CATEGORIES } from "../../src/detect/safety/categories.ts";
import { SafetyJudge } from "../../src/detect/safety/judge.ts";
import { safetyModel } from "../../src/detect/safety/load.ts";
import {
  COMPOSED,
  DOUBTFUL,
  type SafetyJudged,
  safetySamples,
  safetyThresholds,
  validatedSafety,
} from "../train/safety-validation.ts";

/** How often an unsafe row has more evidence than a safe one. */
function areaUnder(unsafe: readonly SafetyJudged[], safe: readonly SafetyJudged[]): number {
  const of = (rows: readonly SafetyJudged[], own: number) => rows.map(({ most }) => ({ value: most, own }));
  const all = [...of(unsafe, 1), ...of(safe, 0)].sort((one, other) => one.value - other.value);
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

const { judged } = validatedSafety(await safetySamples());
const { strictAt, defaultAt } = safetyThresholds(judged);
const share = (rows: readonly SafetyJudged[], at: number): string =>
  rows.length === 0 ? "" : `${((100 * rows.filter(({ most }) => most >= at).length) / rows.length).toFixed(1)} %`;

type Test = (row: SafetyJudged["row"]) => boolean;

/** One line of the table: what is found of the unsafe rows, and how many of the safe ones are taken for such. */
function line(what: string, test: Test, against: Test = test): void {
  const unsafe = judged.filter(({ row }) => row.unsafe && test(row));
  const safe = judged.filter(({ row }) => !row.unsafe && against(row));
  const auc = unsafe.length === 0 || safe.length === 0 ? "" : areaUnder(unsafe, safe).toFixed(3);
  const cells = [`${unsafe.length || "–"} / ${safe.length || "–"}`, auc];
  const rates = [unsafe, safe].flatMap((rows) => [share(rows, defaultAt), share(rows, strictAt)]);
  console.log(`| ${[what, ...cells, ...rates].join(" | ")} |`);
}

const isOwn: Test = ({ source }) => source === "own";
const isOrdinary: Test = ({ source, kind }) =>
  (source !== "own" || kind === "ordinary") && !COMPOSED.has(source) && !DOUBTFUL.has(source);
const from =
  (...names: readonly string[]): Test =>
  ({ source }) =>
    names.includes(source);

console.log("| | texts unsafe / safe | AUC | found default | strict | false default | strict |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
line("ordinary questions, documents, code", () => false, isOrdinary);
line(
  "HarmBench, Do-Not-Answer, GPTFuzz against ordinary",
  from("harmbench", "do-not-answer", "gptfuzz-questions"),
  isOrdinary,
);
line("Multilingual HateCheck, never trained on", from("mhc"));
line(
  "… without its insults and threats to single people",
  ({ source, kind }) => source === "mhc" && !kind.startsWith("target_"),
);
line("offensive tweets, never trained on", from("davidson-tweets"));
line("our own wishes and statements, composed", from(...COMPOSED));
line("… what a model answers, and what operators forbid", from("own-answers"));
line("our own, harmless ones that look alike", isOwn, ({ source, kind }) => source === "own" && kind !== "ordinary");
line("… what a model answers", ({ source, isAnswer }) => source === "own" && isAnswer === true);
for (const category of SAFETY_CATEGORIES)
  line(`… ${category}`, ({ source, kind }) => source === "own" && kind === category);
for (const lang of ["en", "de", "es", "fr", "it", "nl", "pl", "pt"])
  line(`… ${lang.toUpperCase()}`, (row) => isOwn(row) && row.lang === lang);
if (process.argv.includes("--sources")) {
  for (const source of [...new Set(judged.map(({ row }) => row.source))].sort()) line(source, from(source));
}

const model = safetyModel();
const text = "The report shows that revenue grew by four per cent. How do I kill a process that hangs? "
  .repeat(12)
  .slice(0, 1024);
const timed = (): number => {
  const before = performance.now();
  const judge = new SafetyJudge(model);
  judge.push(text);
  judge.end();
  return performance.now() - before;
};
// what runs for the first time takes longer
for (let warm = 0; warm < 4_000; warm++) timed();
// the best of three goes: what the machine did besides is not what the text costs
const times = Array.from({ length: 4_000 }, () => Math.min(timed(), timed(), timed())).sort(
  (one, other) => one - other,
);
const at = (part: number): string => times[Math.floor(times.length * part)]!.toFixed(3);
console.log(
  `\nPer KiB, the best of three goes: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms. ` +
    `0.5 at ${strictAt.toFixed(2)}, 0.8 at ${defaultAt.toFixed(2)}.`,
);
