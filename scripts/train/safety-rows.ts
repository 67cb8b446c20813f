/** The rows that safety weights are trained and judged on. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SAFETY_CATEGORIES } from "../../src/detect/safety/categories.ts";
import { sceneRows } from "./safety-scenes.ts";

const ROOT = join(import.meta.dir, "../..");

/** One labelled text. */
export interface SafetyRow {
  readonly text: string;
  readonly unsafe: boolean;
  /** Of an unsafe row: one of them is right. Of a safe one: what it looks like; empty: like nothing. */
  readonly categories: readonly number[];
  readonly lang: string;
  /** Where it comes from; `own` for text of our own. */
  readonly source: string;
  /** What the source calls it. */
  readonly kind: string;
  /** Whether weights that are shipped may be trained on it. */
  readonly ships: boolean;
  /** Which part of its source it belongs to, 0 to 1: scenes that recur in several languages have about the same. */
  readonly part: number;
  /** Whether a model says it, in its answer. */
  readonly isAnswer?: boolean;
  /** Whether an operator forbids it, who names what is not to be done. */
  readonly isRule?: boolean;
}

interface SharedRow {
  readonly text: string;
  readonly label: 0 | 1;
  readonly lang: string;
  readonly source: string;
  readonly category?: string;
  readonly ship: string;
}

const numbers = (...names: (typeof SAFETY_CATEGORIES)[number][]): readonly number[] =>
  names.map((name) => SAFETY_CATEGORIES.indexOf(name));

const HARMFUL = numbers(
  "violence",
  "weapons",
  "harassment",
  "drugs",
  "crime",
  "malware",
  "extremism",
  "cbrn",
  "minors",
);
/** What the categories of public sources may be of ours; what is not named here is none of them and is left out. */
const MEANT: Readonly<Record<string, readonly number[]>> = {
  "harmbench/chemical_biological": numbers("cbrn", "drugs", "weapons"),
  "harmbench/cybercrime_intrusion": numbers("malware"),
  "harmbench/harassment_bullying": numbers("harassment", "hate"),
  "harmbench/harmful": numbers("violence", "self-harm", "hate", "harassment", "sexual", "minors"),
  "harmbench/illegal": numbers("crime", "drugs", "weapons", "violence", "minors"),
  "do-not-answer/malicious_uses": HARMFUL,
  "do-not-answer/discrimination_exclusion_toxicity_hateful_offensive": numbers("hate", "harassment", "sexual"),
  "gptfuzz-questions/harmful": HARMFUL,
  "davidson-tweets/hate": numbers("hate", "harassment"),
  "davidson-tweets/offensive": numbers("harassment", "hate", "sexual"),
};

function meantBy({ source, category = "", label }: SharedRow): readonly number[] | null {
  if (source === "mhc") return category.startsWith("threat") ? numbers("hate", "violence") : numbers("hate");
  if (label === 0) return [];
  return MEANT[`${source}/${category}`] ?? null;
}

async function jsonLines<T>(path: string): Promise<readonly T[]> {
  const text = await Bun.file(path).text();
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line) as T]));
}

/** Every row: public ones from the shared data beside the repository, ours from `scripts/training`. */
export async function safetyRows(): Promise<readonly SafetyRow[]> {
  const shared = (name: string) => jsonLines<SharedRow>(join(ROOT, `../shared/data/text/${name}.jsonl`));
  const rows: SafetyRow[] = (await shared("safety")).flatMap((row, at) => {
    const categories = meantBy(row);
    if (categories === null) return [];
    const { text, lang, source, category = "" } = row;
    const part = (at % 10) / 10;
    return [
      {
        text,
        unsafe: row.label === 1,
        categories,
        lang,
        source,
        kind: category,
        ships: row.ship.startsWith("yes"),
        part,
      },
    ];
  });
  // what is harmless among texts for other detectors
  for (const name of ["injection", "pii"]) {
    for (const [at, { text, label, lang, source, ship }] of (await shared(name)).entries()) {
      if (name === "injection" && label !== 0) continue;
      const part = (at % 10) / 10;
      if (name === "pii" && at % 4 !== 0) continue;
      rows.push({
        text,
        unsafe: false,
        categories: [],
        lang,
        source,
        kind: "",
        ships: ship.startsWith("yes"),
        part,
      });
    }
  }
  // some texts stand in several files
  const texts = new Set<string>();
  const all = [...rows, ...(await ownRows()), ...(await sceneRows())].filter(({ text, isAnswer }) => {
    const key = isAnswer ? `${text}\n` : text;
    const isNew = !texts.has(key);
    texts.add(key);
    return isNew;
  });
  return [...all, ...answeredRows(all)];
}

/** Every so many rows of what is stated, of what is harmless like nothing and of scenes are read as an answer's, too. */
const ANSWERED = { stated: 8, scenes: 24 } as const;
const STATED = new Set(["own-lines", "own-quotes"]);

function answeredRows(rows: readonly SafetyRow[]): readonly SafetyRow[] {
  const people = rows.filter(({ ships, isAnswer, isRule }) => ships && !isAnswer && !isRule);
  const stated = people.filter(({ source, unsafe }) => STATED.has(source) || (!unsafe && !source.startsWith("own")));
  const scenes = people.filter(({ source }) => source === "own-scenes");
  return [
    ...stated.filter((_, at) => at % ANSWERED.stated === 0),
    ...scenes.filter((_, at) => at % ANSWERED.scenes === 0),
  ].map((row) => ({ ...row, source: "own-answers", isAnswer: true }));
}

interface OwnRow {
  readonly text: string;
  readonly label: string;
  readonly category?: string;
  readonly lang: string;
  /** Who says it: `model` in an answer. */
  readonly speaker?: "model";
}

/**
 * Files that only injection is learnt from: frames that programs put around texts, and refusals, which name what they
 * refuse. Taken for ordinary they cost a few in a hundred of what is found, by harmful requests never seen. And harmless
 * asks and scenes in the words of attackers on models, which are nothing to safety.
 */
const OF_INJECTION_ALONE = new Set(["frameworks.jsonl", "plainly.jsonl", "refusals.jsonl", "settings.jsonl"]);

async function ownRows(): Promise<readonly SafetyRow[]> {
  const rows: SafetyRow[] = [];
  for (const name of ["safety", "injection"]) {
    const folder = join(ROOT, "scripts/training", name);
    const files = readdirSync(folder)
      .filter((file) => file.endsWith(".jsonl") && !OF_INJECTION_ALONE.has(file))
      .sort();
    for (const file of files) {
      const list = (await jsonLines<OwnRow>(join(folder, file))).filter(({ label }) => label !== "attack");
      list.forEach(({ text, label, category, lang, speaker }, at) => {
        const like = (SAFETY_CATEGORIES as readonly string[]).indexOf(category ?? "");
        const same = list.filter((other) => other.category === category && other.label === label);
        const part = category === undefined ? (at % 10) / 10 : same.findIndex((row) => row.text === text) / same.length;
        rows.push({
          text,
          unsafe: label === "unsafe",
          categories: like < 0 ? [] : [like],
          lang,
          source: category === undefined ? "own-ordinary" : "own",
          kind: category ?? "",
          ships: true,
          part,
          ...(speaker === "model" && { isAnswer: true }),
        });
      });
    }
  }
  return rows;
}

/** Sources whose texts are alike are left out together; a source of many scenes in parts. */
const FOLDS: readonly (readonly string[])[] = [
  ["mhc", "self-instruct-seeds"],
  ["harmbench", "gptfuzz-questions", "awesome-chatgpt-prompts"],
  ["do-not-answer", "docs-promptschat", "docs-garak"],
];
const PARTS = 4;
/** How many folds there are. */
export const SAFETY_FOLDS: number = FOLDS.length + PARTS;

/** The fold a row is left out in; -1: it is never trained on. */
export function safetyFold(row: SafetyRow): number {
  if (!row.ships) return -1;
  const whole = FOLDS.findIndex((sources) => sources.includes(row.source));
  return whole >= 0 ? whole : FOLDS.length + Math.min(PARTS - 1, Math.floor(row.part * PARTS));
}
