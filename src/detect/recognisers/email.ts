import type { Recogniser } from "./recogniser.ts";

const LABEL = "[\\p{L}\\d\\-]{1,63}\\.";
const LOCAL = "[\\p{L}\\d_][\\p{L}\\d_+.'\\-]{0,63}";
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
    `${LOCAL}@(?:${LABEL}){1,6}(?:\\p{L}{2,24}|[xX][nN]--[a-zA-Z\\d\\-]{1,59})`,
    `${LOCAL}@\\[\\d{1,3}(?:\\.\\d{1,3}){3}\\]`,
  ],
  right: "word",
  priority: 20,
  valid(text) {
    const domain = text.slice(text.lastIndexOf("@") + 1).toLowerCase();
    if (domain.startsWith("-") || domain.includes(".-") || domain.includes("-.")) return false;
    return !NOT_DOMAINS.has(domain.slice(domain.lastIndexOf(".") + 1)) && !SERVICE.test(text);
  },
} as const satisfies Recogniser;
