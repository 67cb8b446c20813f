import { labelled, labels } from "./_context.ts";
import { onceFor } from "./_once.ts";
import type { Recogniser } from "./recogniser.ts";

const HEX = "[\\da-fA-F]";
const QUAD = "(?:\\d{1,3}\\.){3}\\d{1,3}";
const NAMES = [
  "ip",
  "ip address",
  "ip adresse",
  "ipv4",
  "ipv6",
  "address",
  "host",
  "login",
  "client ip",
  "dns",
  "nameserver",
  "name server",
  "resolver",
  "gateway",
  "router",
  "proxy",
  "server at",
  "ping",
  "traceroute",
  "ssh",
];
const IP = labels(...NAMES, "from");
const HOST = labels(...NAMES);
// "1.2.3.4" within "7.1.2.3.4", "§ 1.2.3.4", ".NET 1.2.3.4", "Chrome/120.0.0.0".
const SIGNED = /(?:\d[.:]|§ ?|\.net[\s:=]{0,2}|[a-z]\/)$/i;
// What is numbered like that: "v1.2.3.4", "Version: 1.2.3.4", "Abschnitt 1.2.3.4".
const NUMBERED = new Set(
  [
    "v ver version versions versione versionen versioni versión versiones versão versões versie versies wersja wersji wersję wersje",
    "rel release releases build firmware rev revision section sections abschnitt kapitel ziffer anhang annex annexe appendix anexo",
    "allegato chapter chapters chapitre capítulo capitolo hoofdstuk rozdział punkt paragraph sezione sección seção clause oid python",
    "node js windows chrome chromium safari opera firefox java jdk sdk kernel android php ruby docker kubernetes ubuntu debian",
    "assembly assemblyversion postgres postgresql mysql redis nginx apache openssl pkg package paket plugin driver treiber",
  ]
    .join(" ")
    .split(" "),
);
const LAST_WORD = /(\p{L}+)[\s:=."'#(]{0,3}$/u;
const KIND_OF_VERSION = /\bversion(?:s|es|en|i)? [a-z]{3,14}:? $/i;
// Behind these may stand the second of two versions, or one more of several.
const GOING_ON = new Set(
  "from to von auf de a à da per van naar z do replaces ersetzt vers and or und oder et ou y o e en of i lub".split(
    " ",
  ),
);
const CHANGE =
  /\b(?:up|down)(?:grad|dat)|\baktualisier|\bactualiz|\baggiorn|\batualiz|\bbijwerk|\bbijgewerkt|aktualiz|\bmise à (?:jour|niveau)|\bbump|\bpkg\b|\bpackage/i;
const LIST = /\b(?:version|wersj|release)\p{L}{0,3}:? (?:\d[\d.]{2,14}(?:, ?| \p{L}{1,4} )){1,4}$/iu;

// This network, loopback, masks.
const NOBODY =
  /^(?:0\.\d+\.\d+\.\d+|127\.0\.\d\.\d|255\.255\.(?:255|254|252|248|240|224|192|128|0)\.\d+|255\.0\.0\.0)$/;
// The curves of an SVG go on like this: 2.12-3.51.98.32
const DECIMAL = /(?:^|[^\d.])\d*\.\d+[ ,-]$/;

const isVersion = onceFor((before) => {
  if (SIGNED.test(before.slice(-8))) return true;
  const word = LAST_WORD.exec(before.slice(-20))?.[1]?.toLowerCase();
  if (word !== undefined && NUMBERED.has(word)) return true;
  const goesOn = word !== undefined && before.endsWith(" ") && GOING_ON.has(word);
  if (goesOn && CHANGE.test(before) && !labelled(before, HOST)) return true;
  return (
    ((goesOn || before.endsWith(", ")) && LIST.test(before)) ||
    (before.includes("ersion") && KIND_OF_VERSION.test(before))
  );
});

/** Addresses of RFC 791 and RFC 4291. */
export const ipAddress = {
  name: "ip-address",
  entity: "IP_ADDRESS",
  group: "network",
  patterns: [
    QUAD,
    `${HEX}{1,4}(?::${HEX}{1,4}){7}`,
    `(?:${HEX}{1,4}:){1,7}:(?:${HEX}{1,4}(?::${HEX}{1,4}){0,5})?`,
    `::${HEX}{1,4}(?::${HEX}{1,4}){1,6}`,
    `(?:(?:${HEX}{1,4}:){1,6}:|::)(?:${HEX}{1,4}:){0,4}${QUAD}`,
  ],
  valid: (text, before) =>
    !isVersion(before) && (text.includes(":") ? validSix(text, before) : validFour(text, before)),
} as const satisfies Recogniser;

function validFour(text: string, before: string): boolean {
  const parts = text.split(".");
  if (!parts.every((part) => Number(part) <= 255 && (part.length === 1 || part[0] !== "0"))) return false;
  if (NOBODY.test(text)) return false;
  if (DECIMAL.test(before.slice(-12))) return labelled(before, IP, 30);
  // small figures only are as likely a version, a section or an identifier of objects
  const isSmall = Number(parts[0]) < 20 && parts[0] !== "10" && parts.every((part) => Number(part) < 40);
  return (text.length > 7 && !isSmall) || labelled(before, IP, 30);
}

function validSix(text: string, before: string): boolean {
  if (before.endsWith(":")) return false;
  const mapped = text.lastIndexOf(":");
  if (text.includes(".")) return validFour(text.slice(mapped + 1), "");
  const groups = text.split(":").filter((group) => group !== "");
  const shortened = text.includes("::");
  if (shortened ? groups.length > 7 || text.indexOf("::") !== text.lastIndexOf("::") : groups.length !== 8)
    return false;
  // `a::b` is a scope in half of all programming languages.
  const digits = groups.join("");
  return digits.length >= 5 && /\d/.test(digits);
}
