import { onceForHead } from "./_once.ts";
import { isRandom } from "./_vendor-key.ts";
import type { Recogniser } from "./recogniser.ts";

// `api_key`, `clientSecret`, `MISTRAL_API_KEY`, `AccountKey`, `x-api-key`, `Authorization: Bearer`, `aws_secret_access_key`.
const LABEL =
  "_{0,2}(?:[A-Za-z\\d]{1,16}[_\\-.]){0,3}[A-Za-z]{0,16}(?:key|token|secret|credential|authorization|bearer)s?(?:[_\\-]?(?:id|key|value))?";
// `<add key="ApiKey" value="…">`
const EQUALS = "(?:\\\\?[\"'\\]]){0,2}(?: value)?(?:\\s{0,2}| {3,20})(?:=>|:=|=|:)\\s{0,2}";
// `.header("X-Api-Key", "…")`
const CALL = `["'], ?["'](?:bearer |basic |token )?`;
const SIGN = `(?:${EQUALS}\\\\?["'\`]?(?:bearer |basic |token )?["'\`]?|${CALL})`;
const VERB = " (?:is|ist|lautet|est|es|è|é|to):? [\"'`]?";
const HEAD = new RegExp(`^${LABEL}(?:${SIGN}|${VERB}| )`, "i");
// Keys of tables and of caches, and public ones.
const NO_SECRET =
  /pub|recv|gpg|pgp|finger|bls|primary|foreign|cache|partition|sort|row|idempotency|page|next|cursor|tokens/i;

// Of which the word in front of `key` speaks, and what only a key of something is named by.
const OTHER_KEY = /\b(?:public|pub|recv|gpg|pgp|host|primary|foreign|cache|sort|partition|row)[ -]*$/i;
// Or the head of one.
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){1,3}(?:-[\da-f]{0,12})?$/i;

// Of an object that programs have.
const MEMBER = /^(?:self|this|cls|ctx|app|req|res|os|process|env|config|settings)\.[_a-z]/i;

// All the matches that begin at one place have the same label.
const headOf = onceForHead((text) => HEAD.exec(text)?.[0].length ?? 0);

/**
 * Values that a name in front calls a key, a token or a secret, of every provider that marks its keys by nothing:
 * sixteen characters or more that look drawn by lot (3 bits each, letters and digits mixed).
 */
export const secretValue = {
  name: "secret-value",
  entity: "API_KEY",
  group: "secret",
  patterns: [
    `${LABEL}(?:${SIGN}|${VERB}| )[A-Za-z\\d_+/~\\-][A-Za-z\\d_.+/~=\\-]{14,200}[A-Za-z\\d_+/~=\\-]`,
    // between quotes with any signs, as frameworks draw theirs
    `(?:[A-Za-z\\d]{1,16}_){0,3}(?:secret|salt)s?(?:_key(?:_base)?)?${EQUALS}["'][A-Za-z\\d_.+/~=\\-!@#$%^&*()]{30,100}`,
  ],
  left: "word",
  ignoreCase: true,
  priority: 70,
  begins,
  canBecome: isSecretsLabel,
  valid(text, before) {
    if (!isSecretsLabel(text, before)) return false;
    const at = begins(text);
    const label = text.slice(0, at);
    const value = text.slice(at);
    if (UUID.test(value) && /^["']?keys?\W/i.test(label)) return false;
    // A path, a name of many words, a UUID of something.
    if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || /^[./]|\/\//.test(value) || isOfWords(value)) return false;
    return !isExpression(value) && isRandom(value) && new Set(value).size >= 9;
  },
} as const satisfies Recogniser;

// Letters and figures in one piece, as a word with a number never is: `acme_9f8a7b6c5d4e3f2a`.
const DRAWN = /(?<![a-z\d])(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{16,}/gi;

/** `refresh-rotation-v2`, `deploy_2024_03`: words and numbers joined by signs, none of which is a word with a key behind it. */
function isOfWords(value: string): boolean {
  // aws4-hmac-sha256
  if (/^[a-z]+\d{0,3}(?:-[a-z]+\d{0,3})+$/.test(value)) return true;
  if (!/^[a-z]+(?:[-_.][a-z\d]+)*$/i.test(value)) return false;
  return !(value.match(DRAWN) ?? []).some((part) => (part.match(/\d/g)?.length ?? 0) >= 3 && isRandom(part));
}

/** `base64.b64decode`, `ed25519.Ed25519PrivateKey`, `_convert_to_py27_type`: nearly all of its letters stand in words. */
function isExpression(value: string): boolean {
  if (MEMBER.test(value)) return true;
  if (!/^[A-Za-z_]\w*$|^(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*$/.test(value) || !/[._]/.test(value)) return false;
  const letters = value.match(/[A-Za-z]/g)?.length ?? 0;
  const digits = value.match(/\d/g)?.length ?? 0;
  const inWords = (value.match(/[A-Z]?[a-z]{2,}/g) ?? []).join("").length;
  return inWords >= 0.8 * letters && digits <= letters;
}

function begins(text: string): number {
  return headOf(text.slice(0, 100));
}

/** Whether the label speaks of a secret, and not of a public key or one of a table. */
function isSecretsLabel(text: string, before: string): boolean {
  const label = text.slice(0, begins(text));
  return label !== "" && !NO_SECRET.test(label) && !(/^key/i.test(label) && OTHER_KEY.test(before));
}
