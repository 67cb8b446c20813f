/*
 * What the injection classifier finds, by tiers, at both presets and beside a list of phrases; under disguises; and what
 * it costs. Rows of sources that weights are trained on are judged by models that never saw their source.
 *
 *   bun scripts/evaluate/injection.ts
 */
import { join } from "node:path";
import { type Assessing, assess } from "../../src/detect/injection/detector.ts";
import { shippedModels } from "../../src/detect/injection/load.ts";
import { RETURNED_DOUBT } from "../../src/detect/injection/model.ts";
import {
  crossValidated,
  isDocumentButOurEnglish,
  isTierButOurEnglish,
  isWholeDocument,
  type Judged,
  material,
  type Thresholds,
  thresholds,
} from "../train/cross-validation.ts";
import { DISGUISES } from "../train/disguises.ts";
import { isInside } from "../train/mixed.ts";
import { hasPhrase } from "../train/phrases.ts";
import { type Row, tierOf } from "../train/rows.ts";

const ALL: Assessing = {
  decodeBase64: true,
  normalizeUnicode: true,
  detectHomoglyphs: true,
  enforceDelimiters: true,
  rejectFakeBoundaries: true,
};

const rows = await material();
const judged = crossValidated(rows);
const at = thresholds(judged);
const models = shippedModels();

const percent = (part: number, of: number): string => (of === 0 ? "–" : `${((100 * part) / of).toFixed(1)} %`);

interface Tier {
  readonly name: string;
  readonly of: (row: Row) => boolean;
  readonly tool?: boolean;
}

const tier =
  (...names: readonly string[]) =>
  (row: Row): boolean =>
    names.includes(tierOf(row));
const isPlaced = ({ kind }: Row): boolean => kind === "indirect" || kind === "buried";
const LANGUAGES = new Set(["de", "fr", "es", "it", "pt"]);

const TIERS: readonly Tier[] = [
  { name: "false alarms: ordinary", of: (row) => !row.attack && tierOf(row) === "ordinary" },
  {
    name: "… of sources that no weights are trained on",
    of: (row) => !row.attack && !row.ships && tierOf(row) === "ordinary",
  },
  {
    name: "false alarms: hard (about injection, trigger words, system prompts)",
    of: (row) => !row.attack && tier("hard", "hard (own)")(row),
  },
  { name: "… but ours in English", of: isTierButOurEnglish("hard") },
  { name: "false alarms: harmless role-play", of: (row) => !row.attack && tierOf(row) === "role-play" },
  { name: "… but ours in English", of: isTierButOurEnglish("role-play") },
  {
    name: "false alarms: what tools return (whole documents)",
    of: isWholeDocument,
    tool: true,
  },
  { name: "… but ours in English", of: isDocumentButOurEnglish, tool: true },
  { name: "found: explicit", of: tier("explicit", "own en") },
  { name: "… of sources that no weights are trained on", of: (row) => !row.ships && tier("explicit")(row) },
  { name: "found: jailbreak stories", of: tier("jailbreaks") },
  { name: "found: DE FR ES IT PT", of: (row) => row.attack && LANGUAGES.has(row.lang) && !isPlaced(row) },
  {
    name: "found: NL PL",
    of: (row) => row.attack && (row.lang === "nl" || row.lang === "pl") && !isPlaced(row),
  },
  { name: "found: inside of what tools return", of: isInside, tool: true },
];

/** Whether a row is blocked: in what a tool returned by either model, as the detector does it. */
function isFound({ evidence, toolEvidence }: Judged, level: keyof Thresholds, tool: boolean): boolean {
  if (!tool) return evidence >= at.people[level];
  return toolEvidence >= at.tools[level] || evidence - RETURNED_DOUBT >= at.people[level];
}

function shares(): void {
  console.log("| | texts | balanced (0.8) | strict (0.5) | 37 phrases |\n| --- | ---: | ---: | ---: | ---: |");
  for (const { name, of, tool = false } of TIERS) {
    const some = judged.filter(({ row }) => of(row));
    const above = (level: keyof Thresholds): number => some.filter((each) => isFound(each, level, tool)).length;
    const phrases = some.filter(({ row }) => hasPhrase(row.text)).length;
    const cells = [above("balancedAt"), above("strictAt"), phrases].map((count) => percent(count, some.length));
    console.log(`| ${name} | ${some.length} | ${cells.join(" | ")} |`);
  }
}

/** Share of pairs of an attack and a harmless text in which the attack has more evidence. */
function areaUnderCurve(attacks: readonly Judged[], harmless: readonly Judged[]): number {
  const sorted = harmless.map(({ evidence }) => evidence).sort((one, other) => one - other);
  let below = 0;
  for (const { evidence } of attacks) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < evidence) low = middle + 1;
      else high = middle;
    }
    below += low;
  }
  return below / (attacks.length * sorted.length);
}

function disguised(): void {
  const attacks = judged.filter(
    ({ row }) =>
      tier("explicit", "own en")(row) && /^[ -~]{20,400}$/.test(row.text) && assess(models, row.text, ALL).score >= 0.8,
  );
  const shown = Object.entries(DISGUISES).map(([name, disguise]) => {
    const found = attacks.filter(({ row }) => assess(models, disguise(row.text), ALL).score >= 0.8).length;
    return `${name} ${(found / attacks.length).toFixed(3)}`;
  });
  console.log(`\nRecall in disguise ÷ plain, by the weights that ship: ${shown.join(", ")}.`);
}

/** Kinds of files of the packages that are installed here: text that nobody wrote to try a filter with. */
const INSTALLED = ["*/*.md", "*/docs/**/*.mdx", "*/src/**/*.ts"].map((pattern) => new Bun.Glob(pattern));

/** Real files are longer than most rows, and each sentence is one more chance to be taken for an attack. */
async function installed(): Promise<void> {
  const folder = join(import.meta.dir, "../../node_modules");
  const found = await Promise.all(INSTALLED.map((glob) => Array.fromAsync(glob.scan(folder))));
  const texts = await Promise.all(found.flat().map((path) => Bun.file(join(folder, path)).text()));
  const long = texts.filter(({ length }) => length > 1500).map((text) => text.slice(0, 6000));
  const taken = (how: Assessing): string =>
    percent(long.filter((text) => assess(models, text, how).score >= 0.8).length, long.length);
  console.log(
    `\nFiles of installed packages taken for attacks (${long.length}, up to 6,000 characters of each, by the weights ` +
      `that ship): ${taken({ ...ALL, fromTool: true })} as what a tool returned, ${taken(ALL)} as what somebody said.`,
  );
}

function cost(): void {
  const texts = judged.map(({ row }) => row.text).filter((text) => text.length > 200);
  // the best of three goes: what the machine did besides is not what the text costs
  const perKib = texts.map((text) => {
    const goes = Array.from({ length: 3 }, () => {
      const started = performance.now();
      assess(models, text, ALL);
      return performance.now() - started;
    });
    return (Math.min(...goes) * 1024) / text.length;
  });
  perKib.sort((one, other) => one - other);
  const quantile = (share: number): string => perKib[Math.floor(perKib.length * share)]!.toFixed(3);
  console.log(`\nPer KiB, the best of three goes: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms.`);
}

shares();
const attacks = judged.filter(({ row }) => tier("explicit", "own en", "jailbreaks")(row));
const harmless = judged.filter(({ row }) => !row.attack && tier("ordinary", "hard", "hard (own)")(row));
console.log(`\nAUC, explicit against ordinary and hard: ${areaUnderCurve(attacks, harmless).toFixed(3)}.`);
disguised();
await installed();
cost();
