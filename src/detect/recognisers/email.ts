import { labelled, labels } from "./_context.ts";
import { escapeTail, unescaped } from "./_url-forms.ts";
import type { Recogniser } from "./recogniser.ts";

// As itself, as query strings and HTML write it, and in brackets, which people put there against collectors.
const AT = "(?:@|%40|&#64;|&#[xX]40;|&commat;| ?[\\[({<] ?(?:at|AT|At|@) ?[\\])}>] ?| AT )";
const DOT =
  "(?:[.\u3002]|%2[eE]|&#46;|&#[xX]2[eE];|&period;| ?[\\[({<] ?(?:dot|DOT|Dot|punkt|Punkt|point|punto|\\.) ?[\\])}>] ?| DOT )";
const LABEL = `[\\p{L}\\d\\-]{1,63}${DOT}`;
const LOCAL = "[\\p{L}\\d](?:[\\p{L}\\d_+.'\\-]|%2[bBdDeE]|%5[fF]){0,63}";
const NAME = "[\\p{L}\\d][\\p{L}\\d_+\\-]{0,31}";
const ENDING = "(?:com|org|net|edu|gov|eu|io|info|biz|de|fr|es|it|nl|pl|pt|at|ch|be|uk|ie|se|dk|no|fi|cz|us|ca)";

// Spelled out it is hardly meant otherwise where mail is spoken of, or the domain is a provider's of mail.
const PROVIDER =
  /@(?:gmail|googlemail|yahoo|outlook|hotmail|live|msn|icloud|aol|gmx|web|mail|proton|protonmail|t-online|freenet|posteo|orange|laposte|sfr|free|wanadoo|libero|virgilio|tiscali|wp|onet|interia|o2|ziggo|kpnmail|sapo|telefonica|terra)\./i;
const MAIL = labels(
  ..."email,e mail,mail,mail me,email me,write to,write me,contact,contact me,reach me,address,mailadresse,adresse mail".split(
    ",",
  ),
  ..."courriel,correo,correo electronico,posta,indirizzo mail,endereco de email,adres mailowy,kontakt,schreib an".split(
    ",",
  ),
);
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
    // as long as other local parts are: what is read of both must not add up
    `${LOCAL}(?: dot ${NAME}){0,2} at (?:[\\p{L}\\d\\-]{1,31}(?:\\.| dot )){0,2}[\\p{L}\\d\\-]{1,31} dot ${ENDING}`,
  ],
  priority: 20,
  begins: escapeTail,
  valid(text, before) {
    const isSpoken = text.includes(" at ");
    const address = isSpoken ? text.replace(" at ", "@").replaceAll(" dot ", ".") : plainAddress(text);
    if (isSpoken && !PROVIDER.test(address) && !labelled(before, MAIL, 40)) return false;
    const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
    if (domain.startsWith("-") || domain.includes(".-") || domain.includes("-.")) return false;
    return !NOT_DOMAINS.has(domain.slice(domain.lastIndexOf(".") + 1)) && !SERVICE.test(address);
  },
} as const satisfies Recogniser;

/** The address as it is meant. */
function plainAddress(text: string): string {
  return unescaped(text)
    .replace(/ ?[[({<] ?(?:at|@) ?[\])}>] ?| AT /i, "@")
    .replace(/ ?[[({<] ?(?:dot|punkt|point|punto|\.) ?[\])}>] ?| DOT |\u3002/gi, ".");
}
