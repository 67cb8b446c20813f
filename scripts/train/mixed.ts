/** Attacks and orders put into other texts: what is sought is often one sentence in a page of something else. */
import { foldOf, type Row, tierOf } from "./rows.ts";

/** An attack or order of one or two sentences. */
const SHORT = 220;
/** How much of the text around is kept. */
const AROUND = 900;

const BREAKS = ["\n", "\n\n", " ", ". ", "\n> ", " | "];

interface Mixing {
  readonly random: () => number;
  readonly count: number;
}

/** A sentence in another text: in front of it, behind it, or between two of its lines or sentences. */
function put(sentence: string, text: string, random: () => number): string {
  const around = text.slice(0, AROUND);
  const parting = BREAKS[Math.floor(random() * BREAKS.length)]!;
  const where = random();
  if (where < 0.25) return sentence + parting + around;
  if (where < 0.6) return around + parting + sentence;
  const middle = around.search(/[.\n] /) < 0 ? around.length : gapNear(around, random);
  return around.slice(0, middle) + parting + sentence + parting + around.slice(middle);
}

function gapNear(text: string, random: () => number): number {
  const from = Math.floor(random() * text.length);
  const found = text.slice(from).search(/[.\n|]\s?/);
  return found < 0 ? text.length : from + found + 1;
}

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!;

/** Short attacks in ordinary texts, as rows. */
export function mixedAttacks(rows: readonly Row[], { random, count }: Mixing): readonly Row[] {
  const attacks = rows.filter(
    (row) => row.attack && row.kind !== "buried" && row.text.length <= SHORT && row.source !== "jbb-pair",
  );
  const hosts = rows.filter((row) => !row.attack && row.text.length > 60 && tierOf(row).startsWith("ordinary"));
  if (attacks.length === 0 || hosts.length === 0) return [];
  return Array.from({ length: count }, () => {
    const attack = pick(attacks, random);
    return { ...attack, text: put(attack.text, pick(hosts, random).text, random), kind: "mixed" };
  });
}

const DOCUMENTS = new Set([
  "bipia-train-clean-code",
  "bipia-train-clean-email",
  "bipia-train-clean-table",
  "docs-promptschat",
  "docs-garak",
  "presidio-generated-large",
]);
const DOCUMENT_KINDS = new Set(["tool-result", "customer-mail", "code-review", "reader-order"]);

/** Whether a harmless text is such as tools return. */
export const isDocument = (row: Row): boolean =>
  !row.attack && (DOCUMENTS.has(row.source) || DOCUMENT_KINDS.has(row.kind));

/** Whether a row is an attack inside of what a tool returns. */
export const isInside = (row: Row): boolean => row.attack && (row.kind === "indirect" || row.source === "bipia-train");

/** Whether a row belongs to what the model for tools learns from. */
export const isFromTool = (row: Row): boolean => isDocument(row) || isInside(row) || row.kind === "buried";

const ORDERS = new Set(["self-instruct-seeds", "cyberseceval-instruct"]);
const ORDER_KINDS = new Set(["ordinary", "new-task", "roleplay"]);

/**
 * Of the orders in documents so many are written for that place, and so many are what attackers type themselves; the
 * others are wishes of users, too.
 */
const BURIED = 0.65;
const TYPED = 0.2;

/** Orders, harmful or not, in documents: nobody has to give orders there. */
export function mixedOrders(rows: readonly Row[], { random, count }: Mixing): readonly Row[] {
  const orders = rows.filter(
    (row) =>
      row.kind !== "buried" &&
      row.text.length <= SHORT &&
      ((row.attack && row.source !== "jbb-pair" && row.source !== "bipia-train") ||
        ORDERS.has(row.source) ||
        ORDER_KINDS.has(row.kind)),
  );
  const buried = rows.filter(({ kind }) => kind === "buried");
  const typed = orders.filter(({ attack }) => attack);
  const hosts = hostsOf(rows);
  if (typed.length === 0 || buried.length === 0 || hosts.length === 0) return [];
  return Array.from({ length: count }, () => {
    const kind = random();
    const order = pick(kind < BURIED ? buried : kind < BURIED + TYPED ? typed : orders, random);
    const host = hostFor(order, hosts, random);
    return { ...order, attack: true, text: put(order.text, host.text, random), kind: "mixed" };
  });
}

/** Of the sentences in documents so many ask something of a reader. */
const ASKED = 0.8;

/** What documents ask of their readers, and lines of other documents, in documents: the seam alone must not tell. */
export function mixedSentences(rows: readonly Row[], { random, count }: Mixing): readonly Row[] {
  const hosts = hostsOf(rows);
  const asked = rows.filter(({ kind }) => kind === "reader-order");
  const lines = rows.filter((row) => isDocument(row) && row.text.length <= SHORT);
  if (hosts.length === 0 || asked.length === 0 || lines.length === 0) return [];
  return Array.from({ length: count }, () => {
    const sentence = pick(random() < ASKED ? asked : lines, random);
    const host = hostFor(sentence, hosts, random);
    return { ...sentence, text: put(sentence.text, host.text, random), kind: "mixed" };
  });
}

const hostsOf = (rows: readonly Row[]): readonly Row[] =>
  rows.filter((row) => isDocument(row) && row.text.length > 120);

/** Draws of a host in the language of a sentence before any will do. */
const TRIES = 12;

function hostFor({ lang }: Row, hosts: readonly Row[], random: () => number): Row {
  let host = pick(hosts, random);
  for (let tries = 0; tries < TRIES && host.lang !== lang; tries++) host = pick(hosts, random);
  return host;
}

/** Whether a row is trained on when `leftOut` is left out. */
export function isTrainedOn(row: Row, leftOut: number): boolean {
  const fold = foldOf(row);
  return fold >= 0 && fold !== leftOut;
}
