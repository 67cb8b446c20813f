/*
 * What the recognisers find in labelled texts: precision, recall and F1 per entity and language, and how many texts
 * without personal data have a hit. A hit counts when kind, start and end are right.
 *
 *   bun scripts/evaluate/pii.ts [--pii FILE] [--prompts FILE] [--misses N] [--only REGEXP]
 */
import { parseArgs } from "node:util";
import { ENTITIES, entitiesNamed } from "../../src/detect/entities.ts";
import { RECOGNISERS } from "../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../src/detect/scan/rules.ts";
import { Scanner } from "../../src/detect/scan/scanner.ts";

interface Row {
  readonly text: string;
  readonly lang: string;
  readonly source: string;
  readonly spans?: readonly { readonly start: number; readonly end: number; readonly type: string }[];
  readonly label?: number;
}
interface Found {
  readonly entity: string;
  readonly start: number;
  readonly end: number;
}

const { values } = parseArgs({
  options: {
    pii: { type: "string", default: "../shared/data/text/pii.jsonl" },
    prompts: { type: "string", default: "../shared/data/text/injection.jsonl" },
    misses: { type: "string", default: "0" },
    only: { type: "string", default: "" },
  },
});
// Kinds that are judged by their context and that the labels mark otherwise (every name of any person, every place).
const LOOSE = new Set(["PERSON", "ADDRESS", "DATE_OF_BIRTH", "MEDICAL_RECORD"]);
const NEGATIVE = /negative|decoy/;

const set = ruleSet(RECOGNISERS.map(ruleOf));
const only = new RegExp(values.only);
const lines: string[] = [];

function found(text: string): Found[] {
  const scanner = new Scanner(set);
  const hits: Found[] = [];
  let offset = 0;
  for (const { text: decided, hits: some } of [scanner.push(text), scanner.flush()]) {
    for (const { start, end, rule, continued } of some) {
      const entity = set.rules[rule]?.entity ?? "";
      const last = hits.at(-1);
      if (continued && last !== undefined) hits[hits.length - 1] = { ...last, end: offset + end };
      else hits.push({ entity, start: offset + start, end: offset + end });
    }
    offset += decided.length;
  }
  return hits;
}

async function rows(path: string): Promise<Row[]> {
  const text = await Bun.file(path).text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

function note(kind: string, entity: string, row: Row, { start, end }: { start: number; end: number }): void {
  const around = `${row.text.slice(Math.max(0, start - 50), start)}⟦${row.text.slice(start, end)}⟧${row.text.slice(end, end + 10)}`;
  lines.push(`${kind} ${row.source} ${row.lang} ${entity} ${JSON.stringify(around)}`);
}

/** The labels of a row in code units, with our names. */
function labelsOf(row: Row): Found[] {
  const units = [0];
  for (const character of row.text) units.push((units.at(-1) ?? 0) + character.length);
  return (row.spans ?? []).flatMap(({ start, end, type }) => {
    const [entity] = entitiesNamed(type);
    return entity === undefined ? [] : [{ entity, start: units[start] ?? 0, end: units[end] ?? 0 }];
  });
}

const counts = new Map<string, { hit: number; extra: number; missed: number }>();
function count(keys: readonly string[], what: "hit" | "extra" | "missed"): void {
  for (const key of keys) {
    const entry = counts.get(key) ?? { hit: 0, extra: 0, missed: 0 };
    entry[what] += 1;
    counts.set(key, entry);
  }
}

let decoys = 0;
let decoysHit = 0;
for (const row of await rows(values.pii)) {
  const hits = found(row.text);
  if (NEGATIVE.test(row.source)) {
    decoys += 1;
    if (hits.length > 0) {
      decoysHit += 1;
      for (const hit of hits) note("decoy", hit.entity, row, hit);
    }
    continue;
  }
  const keys = (entity: string) => [`${row.source}\t${entity}\tall`, `${row.source}\t${entity}\t${row.lang}`];
  const same = (a: Found) => (b: Found) => a.entity === b.entity && a.start === b.start && a.end === b.end;
  const labels = labelsOf(row);
  for (const label of labels) {
    const right = hits.some(same(label));
    count(keys(label.entity), right ? "hit" : "missed");
    if (!right) note("missed", label.entity, row, label);
  }
  for (const hit of hits) {
    if (LOOSE.has(hit.entity) || labels.some(same(hit))) continue;
    count(keys(hit.entity), "extra");
    note("extra", hit.entity, row, hit);
  }
}

let prompts = 0;
let promptsHit = 0;
const began = performance.now();
let characters = 0;
for (const row of await rows(values.prompts)) {
  if (row.label !== 0) continue;
  prompts += 1;
  characters += row.text.length;
  const hits = found(row.text);
  if (hits.length > 0) promptsHit += 1;
  for (const hit of hits) note("prompt", hit.entity, row, hit);
}
const took = performance.now() - began;

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`;
console.log("source\tentity\tlanguage\tright\textra\tmissed\tprecision\trecall\tF1");
for (const [key, { hit, extra, missed }] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (LOOSE.has(key.split("\t")[1] ?? "")) continue;
  const figures = [hit / (hit + extra), hit / (hit + missed), (2 * hit) / (2 * hit + extra + missed)];
  console.log(
    [key, hit, extra, missed, ...figures.map((figure) => (Number.isNaN(figure) ? "-" : figure.toFixed(4)))].join("\t"),
  );
}
console.log(`\n${ENTITIES.length} entities, ${RECOGNISERS.length} recognisers`);
console.log(`decoys with a hit: ${decoysHit} of ${decoys} (${percent(decoysHit, decoys)})`);
console.log(`ordinary prompts with a hit: ${promptsHit} of ${prompts} (${percent(promptsHit, prompts)})`);
console.log(`speed on prompts: ${(characters / took / 1000).toFixed(1)} million characters a second`);
for (const line of lines.filter((one) => only.test(one)).slice(0, Number(values.misses))) console.log(line);
