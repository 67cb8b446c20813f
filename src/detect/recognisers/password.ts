import { onceForHead } from "./_once.ts";
import type { Recogniser } from "./recogniser.ts";

// Of these every one stands for itself, glued to another word: `dbPassword`, `PGPASSWORD`.
const LONG = "pass(?:word|wd|phrase|wort)|kennwort|contrase[ñn]a|wachtwoord";
const LABEL =
  "(?:pass(?:word|wd|phrase|code)?|pwd|pw|passwort|kennwort|mot[ _]?de[ _]?passe|mdp|contrase[ñn]a|clave|parola[ _]?d['_]?ordine|parola|palavra[\\-_]?passe|senha|wachtwoord|hasło|haslo)";
// `<add key="DbPassword" value="…">`
const SIGN = "(?:\\\\?[\"')\\]*]){0,2}(?: value)?(?:\\s{0,2}| {3,20})(?:=>|:=|==|=|:|>)\\*{0,2}\\s{0,2}\\\\?[\"'`]?";
// Between quotes, as calls take them: `define('DB_PASSWORD', 'x')`
const CALL = "[\"'], ?[\"']";
const VERB = " (?:is|ist|lautet|est|es|è|é|to)(?: now)?:? [\"'`]?";
// Of what: `for the Wi-Fi`, `für das WLAN`, `del correo`.
const OF =
  "(?:(?: (?:for|to|of|on|at|für|fürs|beim|zum|zur|vom|im|am|pour|de|du|des|del|de la|della|per|para|do|da|voor|van|do))(?: (?:the|my|our|your|das|den|die|unser|mein|le|la|les|el|il|lo|o|a|het|mijn|mon|ma|mi))?(?: [\\p{L}\\d\\-]{2,16}){1,2})?";
// What command lines and calls give passwords behind: `curl -u name:…`, `mysql -u name -p…`, `sshpass -p …`,
// `redis-cli -a …`, `auth=("name", "…")`.
const FLAG =
  "(?:-u|--user)[ =][\"']?[A-Za-z\\d_.@\\-]{1,64}:|-u ?[A-Za-z\\d_\\-]{1,32} -p[\"']?|sshpass -p ?[\"']?|redis-cli -a ?[\"']?|auth ?= ?\\([\"'][A-Za-z\\d_.@\\-]{1,40}[\"'], ?[\"']";
// No quotes and no commas: they end a value in JSON, YAML and code. No placeholders: those are given back.
const VALUE = "[^\\s\"'`,<>⟦⟧]{3,250}[^\\s\"'`,<>⟦⟧.;:)\\\\]";
const HEAD = new RegExp(`^(?:[\\w-]*?${LABEL}(?:${CALL}|${OF}(?:${SIGN}|${VERB}))|${FLAG})`, "iu");
// What stands in front of the label, without a blank.
const FRONT = new RegExp(`^[\\w-]*?(?=${LABEL})`, "iu");
const IS_FLAG = new RegExp(`^(?:${FLAG})$`, "i");
const IS_LONG = new RegExp(`^(?:${LONG})`, "iu");
// Between quotes: more than one plain word.
const QUOTED = /^(?=.*[\p{L}\d]).*[^\p{L}\-_/]/u;
// What is written where a password belongs, and what a program reads it from.
const NO_SECRET =
  /^(?:x+|\*+|\.+|•+|\$.*|\{.*|%.*|null|none|nil|[./~]?\/.*|true|false|undefined|process\.env.*|os\.(?:environ|getenv).*|env[.:].*|config\..*|self\..*|base64(?:\..*)?|secrets\..*|hashlib\..*|crypto\..*|this\..*|req(?:uest)?\..*|.*\(.*|.*\[.*)$/i;

const IS_CALL = /["'], ?["']$/;
const NEXT_SETTING = /[;&][A-Za-z][\w .-]{0,30}=/;

// All the matches that begin at one place have the same label.
const headOf = onceForHead((text) => HEAD.exec(text)?.[0].length ?? 0);

/**
 * Passwords: what stands behind a label (and what it is for) and a sign, or "is", if it is no plain word (behind "is":
 * has a digit and a letter) and no expression.
 */
export const password = {
  name: "password",
  entity: "PASSWORD",
  group: "secret",
  patterns: [
    `(?:[A-Za-z][A-Za-z\\d]{0,20}[_\\-]){0,3}[A-Za-z\\d]{0,16}${LABEL}${OF}(?:${SIGN}|${VERB})${VALUE}`,
    `(?:[A-Za-z][A-Za-z\\d]{0,20}[_\\-]){0,3}[A-Za-z\\d]{0,16}${LABEL}${CALL}${VALUE}`,
    `(?:${FLAG})${VALUE}`,
  ],
  left: "word",
  ignoreCase: true,
  priority: 75,
  begins,
  ends: valueEnd,
  valid(text, before) {
    const at = begins(text);
    const value = text.slice(at, valueEnd(text));
    if (value.length < 4) return false;
    // what a tag has, and no comparison
    if (text[at - 1] === ">" && !before.endsWith("<")) return false;
    if (!isLabel(text.slice(0, at))) return false;
    if (IS_CALL.test(text.slice(0, at)) && !isDrawn(value)) return false;
    const isQuoted = "\"'`".includes(text[at - 1] ?? " ");
    return (isQuoted ? QUOTED.test(value) : isUnlikelyWord(value)) && !NO_SECRET.test(value);
  },
} as const satisfies Recogniser;

function begins(text: string): number {
  return headOf(text.slice(0, 100));
}

/** Where the value ends in a match: another setting of a connection goes on behind it, `Password=x;Encrypt=True`. */
function valueEnd(text: string): number {
  const at = begins(text);
  const next = text.slice(at).search(NEXT_SETTING);
  return next === -1 ? text.length : at + next;
}

/** Whether it is no name of a field, as stand behind one another in lists. */
function isDrawn(value: string): boolean {
  return isUnlikelyWord(value) && (/[A-Z].*\d|\d.*[A-Z]/.test(value) || /[!@#$%^&*?+=]/.test(value));
}

/** Whether the label is none of the letters of another word: `compass`, `enclave`; but `userPass` has a hump. */
function isLabel(head: string): boolean {
  if (IS_FLAG.test(head)) return true;
  const front = FRONT.exec(head)?.[0] ?? "";
  if (!/[a-z\d]$/i.test(front)) return true;
  const word = head.slice(front.length);
  return IS_LONG.test(word) || (/^[A-Z]/.test(word) && /[a-z\d]$/.test(front));
}

/** Whether it is hardly a word or an expression of a program, which stand without quotes too. */
function isUnlikelyWord(value: string): boolean {
  if (value.length < 6) return false;
  if (/\d/.test(value)) return /\p{L}/u.test(value);
  return value.length >= 8 && /[@#$%^*+!?]/.test(value) && /\p{L}/u.test(value) && !value.includes(".");
}
