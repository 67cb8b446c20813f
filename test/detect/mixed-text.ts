import fc from "fast-check";

/** Texts that hold something which recognisers find, of many shapes. */
export const ENTITIES_TEXTS: readonly string[] = [
  "jane.doe@example.com",
  "IBAN DE89 3704 0044 0532 0130 00",
  "card 4111 1111 1111 1111",
  "192.168.12.7",
  "2001:db8::8a2e:370:7334",
  "00:1A:2B:3C:4D:5E",
  "+49 30 901820",
  "call 030 901820",
  "SSN 536-90-4399",
  "https://user:hunter2@example.com/path",
  `-----BEGIN RSA PRIVATE KEY-----\n${"MIIEow0KCAQEA7bq9+/xY\n".repeat(12)}-----END RSA PRIVATE KEY-----`,
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${"dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW".repeat(6)}`,
  "password: hunter2-Tr0ub4dor&3",
  "My name is Jane Austen-Miller",
  "12 rue de la Paix, 75002 Paris",
  "born on 12 March 1980",
  "passport number C01X00T47",
  "\nname,pesel,tel\nAda,44051401359,601 100 100\nBob,44051401359,601 100 101\n",
  "\n| Name | BSN |\n|---|---|\n| Jan | 111222333 |\n",
  "jane [at] example [dot] com",
  "jane.doe at gmail dot com",
  "?email=jane%40example.com&iban=DE89%203704%200044%200532%200130%2000&tel=%2B49%2030%20901820",
  "jane&#64;example.com",
  "jane\\_doe@example\\.com",
  "Herr Ren\\u00e9 M\\u00fcller",
  "DE89 3704 0044\n> 0532 0130 00",
  "4111 1111-\n1111 1111",
  "+49 30 1234567 4111 1111 1111 1111",
  "Hi\\njane@example.com\\nDE89370400440532013000\\t4111111111111111",
  "scan_DE89370400440532013000_final.pdf",
];

const WORDS =
  "the a Mrs key to of is number phone tel call IBAN card 12 2024 v1.2.3 $5 (x) - : ; at dot [at] %3D %20 \\\\n _ &#64; ünïcode 漢字 \u{1f600} e\u0301 and,".split(
    " ",
  );

/** Prose, digits and entities in any order, with any blanks. */
export const mixedText: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
        { weight: 2, arbitrary: fc.constantFrom(...ENTITIES_TEXTS) },
        { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(..."0123456789 .-+:@/a_%\\\\n"), maxLength: 24 }) },
      ),
      fc.constantFrom(" ", " ", " ", "", "\n", ". "),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.flat().join(""));

/** Characters that take no place: joiners, marks of direction, selectors, tags, soft hyphens. */
const UNSEEN = [
  "\u200b",
  "\u200d",
  "\u00ad",
  "\u2060",
  "\ufeff",
  "\u202e",
  "\ufe0f",
  "\u{e0041}",
  "\u{e0100}",
] as const;

/** The same with characters that take no place anywhere, also many of them. */
export const disguisedText: fc.Arbitrary<string> = fc
  .tuple(
    mixedText,
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom(...UNSEEN), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))),
      {
        maxLength: 40,
      },
    ),
  )
  .map(([text, places]) => {
    const units = text.split("");
    for (const [place, sign, count] of places) {
      const at = units.length === 0 ? 0 : place % units.length;
      units[at] = `${units[at] ?? ""}${sign.repeat(count)}`;
    }
    return units.join("");
  });
