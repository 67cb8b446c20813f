import { Type } from "@sinclair/typebox";

/** One of a few words, with the first as its default. */
const word = (words: readonly string[], description: string) =>
  Type.Unsafe<string>({
    ...Type.Union(words.map((each) => Type.Literal(each))),
    default: words[0],
    description,
  });

/** Which factors a mix is counted with. */
export const BASIS = word(
  ["lifecycle", "direct"],
  "Whether building, fuel and dismantling are counted, or the plants alone",
);

/** Of what a zone makes, or of what it uses. */
export const ACCOUNTING = word(["production", "consumption"], "Of what the zone makes, or of what it uses");
