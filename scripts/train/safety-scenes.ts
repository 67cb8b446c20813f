/** Training rows put together from parts of our own in eight languages: what somebody wants, and how it is spoken of. */
import { join } from "node:path";
import { SAFETY_CATEGORIES, type SafetyCategory } from "../../src/detect/safety/categories.ts";
import { seeded } from "./learn.ts";
import type { SafetyRow } from "./safety-rows.ts";
import { spelledOtherwise } from "./safety-spelled.ts";

const FOLDER = join(import.meta.dir, "../training/safety");
/** The columns of every file of parts. */
const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl"] as const;
const SEED = 29;

/** Lines of a file under one heading, each in all languages. */
interface Section {
  readonly heading: string;
  readonly lines: readonly (readonly string[])[];
}

async function sectionsOf(name: string): Promise<readonly Section[]> {
  const text = await Bun.file(join(FOLDER, `${name}.txt`)).text();
  return text
    .split(/^# /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...lines] = section.trim().split("\n");
      return { heading, lines: lines.map((line) => cellsOf(name, line)) };
    });
}

function cellsOf(file: string, line: string): readonly string[] {
  const cells = line.split("|").map((cell) => cell.trim());
  if (cells.length !== LANGUAGES.length) {
    throw new RangeError(
      `${file}.txt has ${cells.length} languages, not ${LANGUAGES.length}, in "${line.slice(0, 40)}"`,
    );
  }
  return cells;
}

/** Frames that each goal is put into, by what they are; and those for each thing that one may want or meet with. */
const DRAWN: Readonly<Record<string, number>> = { ask: 4, wrapped: 1, about: 2 };
const HARMLESS = ["about", "meet", "refused", "warned", "forbidden", "barred"];
/** What operators forbid, drawn apart as well. */
const FORBIDDEN = "forbidden";
/** What a model says in its answer, by its frame: drawn apart, so that what people ask stays as it is. */
const ANSWERED: Readonly<Record<string, number>> = { refused: 1, warned: 1, answered: 1 };
/** Groups that each line about one is told of, harmful ones and harmless ones. */
const GROUPS_DRAWN = { unsafe: 6, safe: 9 } as const;

interface Making {
  readonly random: () => number;
  readonly spelling: () => number;
  readonly answering: () => number;
  readonly rows: SafetyRow[];
}

/** All rows. The same files give the same ones. */
export async function sceneRows(): Promise<readonly SafetyRow[]> {
  const making: Making = { random: seeded(SEED), spelling: seeded(SEED + 1), answering: seeded(SEED + 2), rows: [] };
  await addGoals(making);
  await addLines(making);
  await addObjects(making);
  await addStatedAndShown(making);
  return making.rows;
}

async function addGoals(making: Making): Promise<void> {
  const frames = await sectionsOf("frames");
  for (const { heading, lines } of [...(await sectionsOf("goals")), ...(await sectionsOf("wishes"))]) {
    lines.forEach((cells, at) => {
      const part = partOf(at, lines.length);
      for (const { heading: manner, lines: templates } of frames) {
        const isAnswer = manner in ANSWERED;
        const isRule = manner === FORBIDDEN;
        const count = isRule ? 1 : ((isAnswer ? ANSWERED : DRAWN)[manner] ?? 0);
        LANGUAGES.forEach((lang, column) => {
          for (const template of drawn(templates, count, isAnswer || isRule ? making.answering : making.random)) {
            const text = filled(template[column]!, cells[column]!);
            const row = rowOf({ heading, text, lang, part, harmless: HARMLESS.includes(manner) });
            if (isAnswer) making.rows.push({ ...row, source: "own-answers", isAnswer });
            else making.rows.push(isRule ? { ...row, source: "own-answers", isRule } : row);
          }
        });
      }
      for (const text of gerunds(cells[0]!)) making.rows.push(rowOf({ heading, text, lang: "en", part }));
      LANGUAGES.forEach((lang, column) => {
        making.rows.push(rowOf({ heading, text: cells[column]!, lang, part }));
      });
    });
  }
}

async function addObjects({ rows }: Making): Promise<void> {
  const frames = (await sectionsOf("frames")).filter(({ heading }) => ["get", "meet", "barred"].includes(heading));
  for (const { heading, lines } of await sectionsOf("objects")) {
    for (const [at, cells] of lines.entries()) {
      for (const { heading: manner, lines: templates } of frames) {
        for (const template of templates) {
          LANGUAGES.forEach((lang, column) => {
            const text = filled(template[column]!, cells[column]!);
            const part = partOf(at, lines.length);
            const harmless = HARMLESS.includes(manner);
            const row = rowOf({ heading: `${heading} unsafe`, text, lang, part, harmless });
            rows.push(manner === "barred" ? { ...row, source: "own-answers", isRule: true } : row);
          });
        }
      }
    }
  }
}

/** What people and models say alike: what a deed is, harmlessly, and the steps of one, harmful or not. */
const SAID_BY_BOTH = ["definitions", "steps"];

async function addStatedAndShown({ rows }: Making): Promise<void> {
  for (const file of SAID_BY_BOTH) {
    for (const { heading, lines } of await sectionsOf(file)) {
      lines.forEach((cells, at) => {
        LANGUAGES.forEach((lang, column) => {
          const row = rowOf({ heading, text: cells[column]!, lang, part: partOf(at, lines.length) });
          rows.push({ ...row, source: "own-both" }, { ...row, source: "own-both", isAnswer: true });
        });
      });
    }
  }
}

/** What a line leaves open, and the lists that fill it. */
const OPEN: Readonly<Record<string, string>> = {
  G: "nominative",
  A: "accusative",
  T: "things",
  H: "harms",
  E: "events",
  W: "works",
  C: "conditions",
  S: "singular",
  P: "trades",
  X: "slurs",
};

async function addLines({ random, spelling, rows }: Making): Promise<void> {
  const groups = new Map((await sectionsOf("groups")).map(({ heading, lines }) => [heading, lines]));
  const quotes = await sectionsOf("quotes");
  const named = (letter: string): readonly (readonly string[])[] => groups.get(OPEN[letter] ?? "") ?? [];
  for (const { heading, lines } of [...(await sectionsOf("lines")), ...(await sectionsOf("statements"))]) {
    const harmful = heading.endsWith(" unsafe");
    const drawnGroups = GROUPS_DRAWN[harmful ? "unsafe" : "safe"];
    lines.forEach((cells, at) => {
      const part = partOf(at, lines.length);
      LANGUAGES.forEach((lang, column) => {
        const cell = cells[column]!;
        const open = /\{([A-Z])\}/.exec(cell)?.[1];
        const chosen = open === undefined ? [0] : drawn([...named(open).keys()], drawnGroups, random);
        for (const index of chosen) {
          const text = cell.replaceAll(/\{([A-Z])\}/g, (_, letter: string) => named(letter)[index]?.[column] ?? "");
          rows.push({
            ...rowOf({ heading, text: capital(text), lang, part }),
            ...(open === undefined && { source: "own-lines" }),
          });
          if (SEVERAL.test(text)) continue;
          const scene = { heading, text: capital(text), lang, part };
          rows.push(...quotedRows(quotes, scene, { column, random }));
          rows.push(...spelledRows(scene, spelling));
        }
      });
    });
  }
}

/** A text of several sentences, which is not quoted as one. */
const SEVERAL = /[.!?…] \S/;
/** Frames that each statement of harm is quoted in, by what they are. */
const QUOTED: Readonly<Record<string, number>> = { quoted: 2, echoed: 1, reported: 1, agreed: 1 };
/** What is harmless is agreed with as well, so that agreeing tells nothing; so many of such lines are. */
const ECHOED: Readonly<Record<string, number>> = { echoed: 1, agreed: 1 };
const SEEN_HARMLESS = 0.3;
/** Headings under which those stand who agree. */
const AGREEING = ["echoed", "agreed"];
/** What people say of themselves is passed on in another way than what they say of others. */
const TOLD: Readonly<Record<string, number>> = { told: 2 };
const QUOTABLE = ["hate", "harassment", "violence", "extremism", "self-harm"];

/** Headings under which a statement is part of a sentence. */
const SUBORDINATE = ["reported", "agreed"];

/** A sentence without its capital and its full stop. */
const clauseOf = (text: string): string =>
  text
    .replace(/[.!?]+$/, "")
    .replace(/^\p{Lu}(?=\p{Ll}|\s)/u, (letter) => (/^I\b/.test(text) ? letter : letter.toLowerCase()));

/** A statement as others quote it, harmlessly, and as those do who agree. */
function quotedRows(quotes: readonly Section[], scene: Scene, { column, random }: Place): readonly SafetyRow[] {
  const [category = "", label] = scene.heading.split(" ");
  if (!QUOTABLE.includes(category)) return [];
  const harmful = label === "unsafe";
  if (!harmful && (scene.text.endsWith("?") || random() > SEEN_HARMLESS)) return [];
  const counts = !harmful ? ECHOED : category === "self-harm" ? TOLD : QUOTED;
  return quotes.flatMap(({ heading, lines }) =>
    drawn(lines, counts[heading] ?? 0, random).map((frame) => ({
      ...rowOf({
        ...scene,
        text: frame[column]!.replace("{}", () => (SUBORDINATE.includes(heading) ? clauseOf(scene.text) : scene.text)),
        harmless: !AGREEING.includes(heading),
      }),
      source: "own-quotes",
    })),
  );
}

/** Categories whose words people hide, in texts that are no longer; so many of them. */
const HIDDEN = ["hate", "harassment"];
const SHORT = 60;
const SPELLED = 0.3;

/** A statement spelled so that it is not read by machines. */
function spelledRows(scene: Scene, random: () => number): readonly SafetyRow[] {
  const isHidden = HIDDEN.includes(scene.heading.split(" ")[0]!) && scene.text.length <= SHORT;
  if (!isHidden || random() > SPELLED) return [];
  return [{ ...rowOf({ ...scene, text: spelledOtherwise(scene.text, random) }), source: "own-spelled" }];
}

interface Place {
  readonly column: number;
  readonly random: () => number;
}

interface Scene {
  readonly heading: string;
  readonly text: string;
  readonly lang: string;
  readonly part: number;
  /** What is asked is about harm, not for it. */
  readonly harmless?: boolean;
}

function rowOf({ heading, text, lang, part, harmless = false }: Scene): SafetyRow {
  const [category = "", label] = heading.split(" ");
  const number = SAFETY_CATEGORIES.indexOf(category as SafetyCategory);
  if (number < 0) throw new RangeError(`"${heading}" names no category: ${SAFETY_CATEGORIES.join(", ")}`);
  const unsafe = label === "unsafe" && !harmless;
  return {
    text,
    unsafe,
    categories: [number],
    lang,
    source: "own-scenes",
    kind: category,
    ships: true,
    part,
  };
}

/** Lines that follow one another may be alike, so that parts are runs of them. */
const partOf = (at: number, count: number): number => at / count;

function drawn<T>(list: readonly T[], count: number, random: () => number): readonly T[] {
  const rest = [...list];
  return Array.from(
    { length: Math.min(count, rest.length) },
    () => rest.splice(Math.floor(random() * rest.length), 1)[0]!,
  );
}

const capital = (text: string): string => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());

/** A frame with a goal in it; French and Italian words that melt into one another do so. */
const filled = (frame: string, goal: string): string =>
  frame
    .replace("{}", goal)
    .replace(/\bde (?=[aeiouyéêh])/gi, (found) => (/^comment|^quel|^existe/i.test(frame) ? "d'" : found));

/** English as in "instructions for building a shed". */
const GERUND = "Give detailed instructions for {}.";
const DOUBLED = /^(?:cut|get|set|run|stab|rob|put|kidnap|win|drug|hit|spot|plan|slip|stop|rig|dump|trap|strip|ship)$/;

function gerunds(goal: string): readonly string[] {
  const [verb = "", ...rest] = goal.split(" ");
  if (verb === "be" || verb === "know") return [];
  const stem = DOUBLED.test(verb) ? verb + verb.at(-1)! : verb.replace(/ie$/, "y").replace(/(?<=[^e])e$/, "");
  return [GERUND.replace("{}", [`${stem}ing`, ...rest].join(" "))];
}
