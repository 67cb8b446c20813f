import { type Static, Type } from "@sinclair/typebox";
import { SAFETY_CATEGORIES, type SafetyCategory } from "../../detect/safety/categories.ts";
import { Closed, oneOf } from "../../schema/shapes.ts";

const PROFILES = ["strict", "critical_infrastructure", "automotive", "education", "law_enforcement"] as const;
/** For whom it filters. */
export type Profile = (typeof PROFILES)[number];

/** Settings of `safety-filter`. */
export const SafetyOptions = Closed({
  mode: oneOf([...PROFILES, "enforce", "monitor"], {
    default: "enforce",
    description:
      "For whom it filters: strict (every category from its strict point), critical_infrastructure, automotive, education, law_enforcement; enforce: every category from its default point; monitor: the same, only recorded",
  }),
  profile: Type.Optional(
    oneOf([...PROFILES], { description: "For whom it filters, where mode says enforce or monitor" }),
  ),
  action: oneOf(["block", "escalate"], { default: "block", description: "What happens to what is found" }),
  block_if: Type.Array(Type.String({ minLength: 1, maxLength: 4_096 }), {
    default: [],
    maxItems: 1_000,
    description: "Words, or regular expressions run in linear time, that are never to pass, in capitals or not",
  }),
  fuzzy_matching: Type.Boolean({
    default: false,
    description: "Words of block_if, and telling words of the categories, count with mistakes in them, too",
  }),
  max_distance: Type.Integer({
    minimum: 0,
    maximum: 8,
    default: 1,
    description: "How many letters may be added, missing or wrong with fuzzy_matching; never most of a word's",
  }),
  max_age: Type.Integer({
    minimum: 0,
    maximum: 120,
    default: 0,
    description:
      "Readers are no older than this: below 18 sexual content, self-harm, violence, drugs, hate and harassment count from their strict point; 0: not said",
  }),
  categories: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
      minItems: 1,
      maxItems: 50,
      description: `Which categories are looked for (all): ${SAFETY_CATEGORIES.join(", ")}`,
    }),
  ),
  threshold: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        "From this score on a text is stopped, whatever the mode says: 0.8 is the default point, 0.5 the strict one",
    }),
  ),
});
export type SafetyOptions = Static<typeof SafetyOptions>;

const NAMES: Readonly<Record<string, readonly SafetyCategory[]>> = {
  selfharm: ["self-harm"],
  suicide: ["self-harm"],
  sex: ["sexual"],
  sexualcontent: ["sexual"],
  adult: ["sexual"],
  sexualminors: ["minors"],
  childsafety: ["minors"],
  childabuse: ["minors"],
  csam: ["minors"],
  hatespeech: ["hate"],
  bullying: ["harassment"],
  weapon: ["weapons"],
  illicit: ["drugs", "crime"],
  illicitdrugs: ["drugs"],
  illicitdrugsandcrime: ["drugs", "crime"],
  drugscrime: ["drugs", "crime"],
  drugsandcrime: ["drugs", "crime"],
  drug: ["drugs"],
  illegal: ["crime"],
  criminal: ["crime"],
  cyber: ["malware"],
  cybercrime: ["malware"],
  hacking: ["malware"],
  terrorism: ["extremism"],
  chemical: ["cbrn"],
  biological: ["cbrn"],
  nuclear: ["cbrn"],
  radiological: ["cbrn"],
  wmd: ["cbrn"],
  all: SAFETY_CATEGORIES,
};

/** The categories that a name stands for (`self_harm`, `Hate speech`, `drugs/crime`); null where it is none. */
export function categoriesNamed(written: string): readonly SafetyCategory[] | null {
  const plain = written.toLowerCase().replaceAll(/[^a-z]/g, "");
  const same = SAFETY_CATEGORIES.find((category) => category.replaceAll("-", "") === plain);
  return same === undefined ? (NAMES[plain] ?? null) : [same];
}
