import { ENDING, LOCAL, LOCAL_RUN } from "./_mail-parts.ts";
import { escapeTail, unescaped } from "./_url-forms.ts";
import type { Recogniser } from "./recogniser.ts";

// As itself, as query strings and HTML write it, and in brackets, which people put there against collectors.
const AT = "(?:@|%40|&#64;|&#[xX]40;|&commat;| ?[\\[({<] ?(?:at|AT|At|@) ?[\\])}>] ?| AT )";
const DOT =
  "(?:[.\u3002]|%2[eE]|&#46;|&#[xX]2[eE];|&period;| ?[\\[({<] ?(?:dot|DOT|Dot|punkt|Punkt|point|punto|\\.) ?[\\])}>] ?| DOT )";
const LABEL = `[\\p{L}\\d\\-]{1,63}${DOT}`;
// Of mail: spelled out their names are hardly meant otherwise.
const PROVIDER =
  "(?:gmail|googlemail|yahoo|outlook|hotmail|live|msn|icloud|aol|gmx|web|mail|proton|protonmail|t-online|freenet|posteo|orange|laposte|sfr|wanadoo|libero|virgilio|tiscali|wp|onet|interia|ziggo|kpnmail|sapo|telefonica|terra)";
// Words after the last dot that are files and methods (`icon@2x.png`, `q@k.transpose`), not domains.
const NOT_DOMAINS = new Set(
  "png,jpg,jpeg,gif,svg,webp,ico,avif,pdf,js,mjs,ts,tsx,jsx,css,scss,html,json,yaml,yml,lock,tgz,zip,tar,gz,csv,tsv,txt,log,xml,sql,parquet,onnx,bin,whl,jar,exe,dll,iso,xlsx,docx,mp3,mp4,woff,woff2,transpose,reshape,matmul".split(
    ",",
  ),
);
// The account under which everybody fetches source code.
const SERVICE = /^(?:git|hg)@(?:github\.com|gitlab\.com|bitbucket\.org|ssh\.dev\.azure\.com|codeberg\.org)$/i;

/** E-mail addresses (RFC 5321 dot-strings, RFC 6531 for other scripts), also with tags, sub-domains and punycode. */
export const email = {
  name: "email",
  entity: "EMAIL",
  group: "contact",
  patterns: [
    `${LOCAL}${AT}(?:${LABEL}){1,6}(?:\\p{L}{2,24}|[xX][nN]--[a-zA-Z\\d\\-]{1,59})`,
    `${LOCAL}@\\[\\d{1,3}(?:\\.\\d{1,3}){3}\\]`,
    `${LOCAL} at ${PROVIDER} dot ${ENDING}`,
  ],
  priority: 20,
  head: LOCAL_RUN,
  begins: escapeTail,
  valid(text) {
    const address = plainAddress(text);
    const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
    if (domain.startsWith("-") || domain.includes(".-") || domain.includes("-.")) return false;
    return !NOT_DOMAINS.has(domain.slice(domain.lastIndexOf(".") + 1)) && !SERVICE.test(address);
  },
} as const satisfies Recogniser;

/** The address as it is meant. */
function plainAddress(text: string): string {
  return unescaped(text)
    .replace(/ ?[[({<] ?(?:at|@) ?[\])}>] ?| at /i, "@")
    .replace(/ ?[[({<] ?(?:dot|punkt|point|punto|\.) ?[\])}>] ?| dot |\u3002/gi, ".");
}
