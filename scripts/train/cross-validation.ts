/** Evidence in every row, found by a model that never saw its source. */
import { CLOSE, LONG_SAID, type Model, WORTH_A_LOOK } from "../../src/detect/injection/model.ts";
import { BLOCK } from "../../src/detect/injection/segments.ts";
import { closeEvidence } from "../../src/detect/injection/tally.ts";
import { evidenceOf, learn, NOTHING, RECIPE, type Sample, sample, seeded, sentenceEvidenceOf } from "./learn.ts";
import { mistypedRows } from "./mistyped.ts";
import { isDocument, isFromTool, isTrainedOn, mixedAttacks, mixedOrders, mixedSentences } from "./mixed.ts";
import { FOLD_COUNT, foldOf, injectionRows, plain, type Row, tierOf } from "./rows.ts";

/** A row and the evidence for an attack that was found in it: by the model for people's texts, and for tools'. */
export interface Judged {
  readonly row: Row;
  readonly evidence: number;
  readonly toolEvidence: number;
}

/** The evidence at which the scores 0.5 and 0.8 are given. */
export interface Thresholds {
  readonly strictAt: number;
  readonly balancedAt: number;
}

/** A model for what people say and one for what tools return. */
export interface Trained {
  readonly people: Model;
  readonly tools: Model;
}

/** Rows, read once. */
export interface Material {
  readonly rows: readonly Row[];
  readonly samples: readonly Sample[];
  /** What tools return, read by sentence; null elsewhere. */
  readonly fromTools: readonly (Sample | null)[];
}

/** What harmless texts of each kind may be taken for attacks, in a hundred, at the scores 0.5 and 0.8. */
const ALLOWED = { ordinary: [1.2, 0.3], hard: [4, 1.2], rolePlay: [8.5, 3.5], documents: [7, 2.5] } as const;

/** Documents that say little of false alarms: sentences, and documents about attacks on models. */
const ELSEWHERE = /^presidio|^docs-garak$/;

/** Sources in which nearly every row is like every other weigh less; ours, written for this, more, short tries less so. */
function weightOf(row: Row, alike: number): number {
  if (row.source === "jbb-pair") return 0;
  if (row.kind === "reader-order") return 1.5;
  if (row.kind === "buried") return 1;
  if (row.kind === "first-try") return 2;
  return row.source.startsWith("own:") ? 3 : Math.min(1, Math.sqrt(250 / alike));
}

/** Documents say less of what people say: a long story is no attack because it is long. */
const SAID_BY_TOOLS = 0.5;

/** Reads all rows. */
export async function material(): Promise<Material> {
  const rows = await injectionRows();
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(row.source + row.attack, (sizes.get(row.source + row.attack) ?? 0) + 1);
  const weights = rows.map((row) => weightOf(row, sizes.get(row.source + row.attack)!));
  const samples = rows.map((row, at) =>
    sample(plain(row.text), row.attack, { weight: weights[at]! * (row.kind === "tool-result" ? SAID_BY_TOOLS : 1) }),
  );
  const fromTools = rows.map((row, at) =>
    isFromTool(row) ? sample(plain(row.text), row.attack, { weight: weights[at]!, bySentence: true }) : null,
  );
  return { rows, samples, fromTools };
}

const MIXED = { attacks: 300, attackWeight: 0.3, orders: 3600, sentences: 2000, weight: 0.4 };
/** Of the texts of more than one close window so many are learnt from by such windows as well. */
const BY_CLOSE = { share: 0.4, weight: 0.4 };
const MISTYPED = { share: 0.3, weight: 0.5 };
/** As if a source had so many rows: the larger ones are drawn from more often. */
const ALIKE = 1000;
/** What tools return is of every kind: single words say less there, and intents must do alone more often. */
const TOOLS_RECIPE = { ...RECIPE, bucketDecay: 3e-3, blind: 0.3 };

/** Trains both models on every row that may ship, without those of the fold that is left out (-1: none). */
export function trained(material: Material, leftOut: number): Trained {
  const used = material.rows.map((row) => isTrainedOn(row, leftOut));
  return { people: trainedOnPeople(material, used), tools: trainedOnTools(material, used) };
}

function trainedOnPeople({ rows, samples }: Material, used: readonly boolean[]): Model {
  const usedRows = rows.filter((_, at) => used[at]);
  const mixed = mixedAttacks(usedRows, { random: seeded(RECIPE.seed), count: MIXED.attacks });
  const said = samples.filter((_, at) => used[at] && rows[at]!.kind !== "buried");
  const hasty = mistypedRows(
    usedRows.filter(({ kind }) => kind !== "buried"),
    { random: seeded(RECIPE.seed + 2), share: MISTYPED.share },
  );
  return learn([
    ...said,
    ...closeSamples(usedRows),
    ...mixed.map((row) => sample(plain(row.text), true, { weight: MIXED.attackWeight })),
    ...hasty.map((row) => sample(plain(row.text), row.attack, { weight: weightOf(row, ALIKE) * MISTYPED.weight })),
  ]);
}

/** Some of the longer texts by windows as wide as a sentence, which is how an attack in a long text is found. */
function closeSamples(rows: readonly Row[]): readonly Sample[] {
  const random = seeded(RECIPE.seed + 3);
  return rows
    .filter((row) => row.kind !== "buried" && row.text.length > CLOSE.width * BLOCK && random() < BY_CLOSE.share)
    .map((row) => sample(plain(row.text), row.attack, { weight: weightOf(row, ALIKE) * BY_CLOSE.weight, over: CLOSE }));
}

function trainedOnTools({ rows, fromTools }: Material, used: readonly boolean[]): Model {
  const random = seeded(RECIPE.seed + 1);
  const usedRows = rows.filter((_, at) => used[at]);
  const mixed = [
    ...mixedOrders(usedRows, { random, count: MIXED.orders }),
    ...mixedSentences(usedRows, { random, count: MIXED.sentences }),
  ];
  const returned = fromTools.filter((read, at): read is Sample => read !== null && used[at]!);
  const { weight } = MIXED;
  return learn(
    [...returned, ...mixed.map((row) => sample(plain(row.text), row.attack, { weight, bySentence: true }))],
    TOOLS_RECIPE,
  );
}

/** Judges each row by models that never saw its source; rows that may not ship are seen by none. */
export function crossValidated(material: Material): readonly Judged[] {
  const { rows, samples, fromTools } = material;
  const people = new Float64Array(rows.length);
  const tools = new Float64Array(rows.length).fill(NOTHING);
  for (let fold = -1; fold < FOLD_COUNT; fold++) {
    const models = trained(material, fold);
    rows.forEach((row, at) => {
      if (foldOf(row) !== fold) return;
      people[at] = Math.max(evidenceOf(models.people, samples[at]!), closerEvidence(models.people, row));
      const read = fromTools[at];
      if (read) tools[at] = evidenceOf(models.tools, read);
    });
  }
  return rows.map((row, at) => ({ row, evidence: people[at]!, toolEvidence: tools[at]! }));
}

/** What the detector finds in a text when it looks closer. */
function closerEvidence(model: Model, { text, attack }: Row): number {
  const folded = plain(text);
  const windows = sample(folded, attack, { over: CLOSE });
  const close = evidenceOf(model, windows, closeEvidence);
  if (folded.length <= LONG_SAID || evidenceOf(model, windows, ({ best }) => best) < WORTH_A_LOOK) return close;
  return Math.max(close, sentenceEvidenceOf(model, sample(folded, attack, { bySentence: true })));
}

/** Whether a harmless text is a document as tools return them, neither one sentence nor about attacks on models. */
export const isWholeDocument = (row: Row): boolean =>
  isDocument(row) && row.kind !== "reader-order" && !ELSEWHERE.test(row.source);

/** Ours in English are written to be hard, and judged by models that learnt from half of our English. */
const isOurEnglish = (row: Row): boolean => row.source.startsWith("own:en");

/** Whether a text is harmless, of tiers that begin so, and not one of ours in English. */
export const isTierButOurEnglish =
  (tier: string) =>
  (row: Row): boolean =>
    !row.attack && !isOurEnglish(row) && tierOf(row).startsWith(tier);

/** Whether a text is a whole document, and not one of ours in English. */
export const isDocumentButOurEnglish = (row: Row): boolean => isWholeDocument(row) && !isOurEnglish(row);

/**
 * The evidence that as many harmless rows exceed as is allowed, by the kind that asks for most: ordinary rows are those of
 * sources that no model is trained on, judged by the very model that ships.
 */
export function thresholds(judged: readonly Judged[]): { readonly people: Thresholds; readonly tools: Thresholds } {
  const said = (allowed: Allowed, of: (row: Row) => boolean): Thresholds =>
    thresholdsOf(
      judged.filter(({ row }) => !row.attack && of(row)).map(({ evidence }) => evidence),
      allowed,
    );
  const kinds = [
    said(ALLOWED.ordinary, (row) => !row.ships && tierOf(row) === "ordinary"),
    said(ALLOWED.hard, isTierButOurEnglish("hard")),
    said(ALLOWED.rolePlay, isTierButOurEnglish("role-play")),
  ];
  const documents = judged.filter(({ row }) => isDocumentButOurEnglish(row)).map(({ toolEvidence }) => toolEvidence);
  return {
    people: {
      strictAt: Math.max(...kinds.map(({ strictAt }) => strictAt)),
      balancedAt: Math.max(...kinds.map(({ balancedAt }) => balancedAt)),
    },
    tools: thresholdsOf(documents, ALLOWED.documents),
  };
}

type Allowed = readonly [strict: number, balanced: number];

function thresholdsOf(found: readonly number[], [strict, balanced]: Allowed): Thresholds {
  const sorted = found.toSorted((one, other) => other - one);
  const at = (share: number): number => sorted[Math.floor((sorted.length * share) / 100)] ?? 0;
  return { strictAt: at(strict), balancedAt: at(balanced) };
}
