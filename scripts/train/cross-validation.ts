/** Evidence in every row, found by a model that never saw its source. */
import { CLOSE, CLOSE_DOUBT, type Model, NARROW } from "../../src/detect/injection/model.ts";
import { evidenceOf, learn, NOTHING, RECIPE, type Sample, sample, seeded } from "./learn.ts";
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
  /** What tools return, read over narrow windows; null elsewhere. */
  readonly fromTools: readonly (Sample | null)[];
}

/** What harmless texts may be taken for attacks, in a hundred, at the scores 0.5 and 0.8. */
const ALLOWED = { people: [1.2, 0.25], tools: [8, 3] } as const;

/** Documents that say little of false alarms: sentences, and documents about attacks on models. */
export const ELSEWHERE = /^presidio|^docs-garak$/;

/** Sources in which nearly every row is like every other weigh less; ours, written for this, more. */
function weightOf(row: Row, alike: number): number {
  if (row.source === "jbb-pair") return 0;
  if (row.kind === "reader-order") return 1.5;
  if (row.kind === "buried") return 1;
  return row.source.startsWith("own:") ? 3 : Math.min(1, Math.sqrt(250 / alike));
}

/** Reads all rows. */
export async function material(): Promise<Material> {
  const rows = await injectionRows();
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(row.source + row.attack, (sizes.get(row.source + row.attack) ?? 0) + 1);
  const weights = rows.map((row) => weightOf(row, sizes.get(row.source + row.attack)!));
  const samples = rows.map((row, at) => sample(plain(row.text), row.attack, { weight: weights[at]! }));
  const fromTools = rows.map((row, at) =>
    isFromTool(row) ? sample(plain(row.text), row.attack, { weight: weights[at]!, over: NARROW }) : null,
  );
  return { rows, samples, fromTools };
}

const MIXED = { attacks: 300, attackWeight: 0.3, orders: 1500, orderWeight: 0.5, sentences: 800, sentenceWeight: 0.5 };

/** Trains both models on every row that may ship, without those of the fold that is left out (-1: none). */
export function trained({ rows, samples, fromTools }: Material, leftOut: number): Trained {
  const random = seeded(RECIPE.seed);
  const used = rows.map((row) => isTrainedOn(row, leftOut));
  const usedRows = rows.filter((_, at) => used[at]);
  const mixed = mixedAttacks(usedRows, { random, count: MIXED.attacks });
  const orders = mixedOrders(usedRows, { random, count: MIXED.orders });
  const sentences = mixedSentences(usedRows, { random, count: MIXED.sentences });
  const narrow = (row: Row, weight: number): Sample => sample(plain(row.text), row.attack, { weight, over: NARROW });
  const said = samples.filter((_, at) => used[at] && rows[at]!.kind !== "buried");
  const others = mixed.map((row) => sample(plain(row.text), true, { weight: MIXED.attackWeight }));
  return {
    people: learn([...said, ...others]),
    tools: learn(
      [
        ...fromTools.filter((read, at): read is Sample => read !== null && used[at]!),
        ...orders.map((row) => narrow(row, MIXED.orderWeight)),
        ...sentences.map((row) => narrow(row, MIXED.sentenceWeight)),
      ],
      NARROW,
    ),
  };
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
      const close = evidenceOf(models.people, sample(plain(row.text), row.attack, { over: CLOSE })) - CLOSE_DOUBT;
      people[at] = Math.max(evidenceOf(models.people, samples[at]!), close);
      const read = fromTools[at];
      if (read) tools[at] = evidenceOf(models.tools, read);
    });
  }
  return rows.map((row, at) => ({ row, evidence: people[at]!, toolEvidence: tools[at]! }));
}

/**
 * The evidence that as many harmless rows exceed as is allowed: for people's texts, rows of sources that no model is
 * trained on, judged by the very model that ships.
 */
export function thresholds(judged: readonly Judged[]): { readonly people: Thresholds; readonly tools: Thresholds } {
  const ordinary = judged.filter(({ row }) => !row.attack && !row.ships && tierOf(row) === "ordinary");
  const documents = judged.filter(({ row }) => isDocument(row) && !ELSEWHERE.test(row.source));
  return {
    people: thresholdsOf(
      ordinary.map(({ evidence }) => evidence),
      ALLOWED.people,
    ),
    tools: thresholdsOf(
      documents.map(({ toolEvidence }) => toolEvidence),
      ALLOWED.tools,
    ),
  };
}

function thresholdsOf(found: readonly number[], [strict, balanced]: readonly [number, number]): Thresholds {
  const sorted = found.toSorted((one, other) => other - one);
  const at = (share: number): number => sorted[Math.floor((sorted.length * share) / 100)] ?? 0;
  return { strictAt: at(strict), balancedAt: at(balanced) };
}
