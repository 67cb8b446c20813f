import { onceForHead } from "./_once.ts";
import type { Recogniser } from "./recogniser.ts";

const LABEL =
  "(?:pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|mot[ _]?de[ _]?passe|mdp|contrase[ñn]a|clave|parola[ _]?d['_]?ordine|parola|palavra[\\-_]?passe|senha|wachtwoord|hasło|haslo)";
const SIGN = "(?:\\\\?[\"')\\]*]){0,2}\\s{0,2}(?:=>|:=|==|=|:|>)\\*{0,2}\\s{0,2}\\\\?[\"'`]?";
const VERB = " (?:is|ist|lautet|est|es|è|é|to)(?: now)?:? [\"'`]?";
// Of what: `for the Wi-Fi`, `für das WLAN`, `del correo`.
const OF =
  "(?:(?: (?:for|to|of|on|at|für|zum|zur|vom|im|am|pour|de|du|des|del|de la|della|per|para|do|da|voor|van|do))(?: (?:the|my|our|your|das|den|die|unser|mein|le|la|les|el|il|lo|o|a|het|mijn|mon|ma|mi))?(?: [\\p{L}\\d\\-]{2,16}){1,2})?";
// No quotes and no commas: they end a value in JSON, YAML and code.
const VALUE = "[^\\s\"'`,<>]{3,100}[^\\s\"'`,<>.;:)\\\\]";
const HEAD = new RegExp(`^[\\w-]*?${LABEL}${OF}(?:${SIGN}|${VERB})`, "iu");
// Between quotes: more than one plain word.
const QUOTED = /^(?=.*[\p{L}\d]).*[^\p{L}\-_/]/u;
// What is written where a password belongs, and what a program reads it from.
const NO_SECRET =
  /^(?:x+|\*+|\.+|•+|\$.*|\{.*|%.*|null|none|nil|true|false|undefined|process\.env.*|os\.(?:environ|getenv).*|env[.:].*|config\..*|self\..*|base64(?:\..*)?|secrets\..*|hashlib\..*|crypto\..*|this\..*|req(?:uest)?\..*|.*\(.*|.*\[.*)$/i;

// All the matches that begin at one place have the same label.
const headOf = onceForHead((text) => HEAD.exec(text)?.[0].length ?? 0);

/**
 * Passwords: what stands behind a label (and what it is for) and a sign, or "is", if it is no plain word (behind "is": has a digit
 * and a letter) and no expression.
 */
export const password = {
  name: "password",
  entity: "PASSWORD",
  group: "secret",
  patterns: [`(?:[A-Za-z][A-Za-z\\d]{0,20}[_\\-]){0,3}${LABEL}${OF}(?:${SIGN}|${VERB})${VALUE}`],
  left: "word",
  ignoreCase: true,
  priority: 75,
  begins,
  valid(text, before) {
    const at = begins(text);
    const value = text.slice(at);
    // what a tag has, and no comparison
    if (text[at - 1] === ">" && !before.endsWith("<")) return false;
    const isQuoted = "\"'`".includes(text[at - 1] ?? " ");
    return (isQuoted ? QUOTED.test(value) : isUnlikelyWord(value)) && !NO_SECRET.test(value);
  },
} as const satisfies Recogniser;

function begins(text: string): number {
  return headOf(text.slice(0, 100));
}

/** Whether it is hardly a word or an expression of a program, which stand without quotes too. */
function isUnlikelyWord(value: string): boolean {
  if (value.length < 6) return false;
  if (/\d/.test(value)) return /\p{L}/u.test(value);
  return value.length >= 8 && /[@#$%^*+!?]/.test(value) && /\p{L}/u.test(value) && !value.includes(".");
}
