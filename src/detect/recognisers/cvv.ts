import { hasLetterNear } from "./_context.ts";
import { onceFor } from "./_once.ts";
import { saidOf } from "./_said.ts";
import type { Recogniser } from "./recogniser.ts";

const LABEL =
  /(?:\bcvv2?|\bcvc2?|\bcsc|\bcvn|security code|card code|verification (?:code|value)|(?:karten)?pr(?:ü|ue|u)f ?(?:nummer|ziffer|nr\.?)|sicherheits ?code|cryptogramme(?: visuel)?|code de s[ée]curit[ée]|c[óo]digo de (?:seguridad|verificaci[óo]n)|codice di (?:sicurezza|verifica)|c[óo]digo de (?:seguran[çc]a|verifica[çc][ãa]o)|(?:beveiligings|veiligheids) ?code|kod (?:cvv|cvc|bezpiecze[ńn]stwa))[\s’]{0,3}(?:\(?(?:cvv2?|cvc2?)\)?|code|number|nummer|no\.?)?\s{0,3}(?:[:=#]|is|ist|lautet|est|es|è|é|to)?(?: le| el| il| o)?[\s:(]{0,4}$/i;
// The words of it begin so, or have it in them; most of what has letters has none of these.
const HEAD = /cv|csc|cod|cód|verif|prüf|pruf|pruef|crypt|kod/i;
// `4111 1111 1111 1111, 12/27, 123`: the third thing after a card and its month.
const AFTER_MONTH = /\d{3,4}[\s,;|]{1,3}(?:0[1-9]|1[0-2])\s?\/\s?(?:20)?\d{2}[\s,;|]{1,3}$/;

// The same spelled out: `4111 1111 1111 1111, validade 12/27, código 123`.
const CODE_AFTER_MONTH =
  /\d{3,4}[\s,;.|]{1,3}\p{L}[\p{L} :.]{0,20}(?:0[1-9]|1[0-2])\s?\/\s?(?:20)?\d{2}[\s,;.|]{1,3}(?:code|c[óo]digo|codice|kod)[\s:]{1,3}$/iu;

// `/`, a blank, four digits and three signs
const LONGEST_MONTH = 9;

const LETTER_C = 0x63;
const LETTER_K = 0x6b;
const LETTER_P = 0x70;
const LETTER_V = 0x76;

const isExpected = onceFor((before) => {
  if (!hasLetterNear(before, 24)) {
    return before.includes("/", before.length - LONGEST_MONTH) && AFTER_MONTH.test(before.slice(-24));
  }
  return (
    mayName(before) && HEAD.test(before) && (LABEL.test(saidOf(before).slice(-48)) || CODE_AFTER_MONTH.test(before))
  );
});

/** Whether one of the letters stands there that every name of it has. */
function mayName(before: string): boolean {
  for (let at = 0; at < before.length; at++) {
    const small = before.charCodeAt(at) | 32;
    if (small === LETTER_C || small === LETTER_K || small === LETTER_P || small === LETTER_V) return true;
  }
  return false;
}

/** The three or four digits that verify a card (PCI DSS 4.0, sensitive authentication data), by label or beside one. */
export const cvv = {
  name: "cvv",
  entity: "CVV",
  group: "payment",
  patterns: ["\\d{3,4}"],
  canBegin: isExpected,
  valid: (_text, before) => isExpected(before),
} as const satisfies Recogniser;
