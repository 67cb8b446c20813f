/** What is known before anything is learnt: weights are drawn towards these, not towards nothing. */
import { CATEGORY_COUNT, SAFETY_CATEGORIES, type SafetyCategory } from "../../src/detect/safety/categories.ts";
import { CONCEPTS } from "../../src/detect/safety/concepts.ts";
import { featureOf } from "../../src/detect/safety/features.ts";
import { TABLE } from "../../src/detect/safety/model.ts";

const GROUPS = "religion ethnic gender lgbt disabled trait";
const ASKS = "howto make buy write";

/** Per category: concepts that speak for it by themselves, and pairs of which either side is any of a list. */
const SPEAKS: Readonly<Record<SafetyCategory, { alone: string; pairs: readonly (readonly [string, string])[] }>> = {
  violence: {
    alone: "kill murder hurt torture gore violently arson abduct",
    pairs: [
      ["arson abduct", "person relation evade noticed target howto"],
      ["kill murder hurt torture", "person relation evade noticed mass lethal"],
      ["kill murder hurt torture", "you target bodypart stalk"],
      ["bodypart", "weapon threat"],
      ["howto", "kill murder hurt torture"],
      ["gore", "medium kill murder hurt torture"],
      ["threat ought glory", "kill murder hurt torture gore weapon gunlaw explosive bombmake"],
    ],
  },
  weapons: {
    alone: "weapon gunlaw explosive bombmake",
    pairs: [
      ["weapon gunlaw explosive bombmake", "make howto buy evade noticed traffic"],
      ["weapon gunlaw explosive bombmake", "target where"],
    ],
  },
  "self-harm": {
    alone: "suicide endlife selfharm despair goad",
    pairs: [
      ["suicide endlife selfharm despair", "me howto evade noticed"],
      ["suicide endlife selfharm", "write amount"],
      ["death", "me despair"],
      ["suicide endlife selfharm despair death", "resolve pill"],
      ["suicide endlife selfharm lethal", "persuade method"],
      ["lethal", "amount method"],
    ],
  },
  sexual: {
    alone: "sexact rape sexual porn sexbody",
    pairs: [
      ["sexact rape sexual porn sexbody", "sexact rape sexual porn sexbody medium write"],
      ["sexact rape sexbody", "me you"],
      ["undress", "sexact rape sexual porn sexbody undress"],
      ["spy", "sexbody sexual porn sexact rape"],
    ],
  },
  minors: {
    alone: "groom",
    pairs: [
      ["child", "sexact rape sexual porn sexbody groom"],
      ["groom", "evade noticed"],
      ["child", "adult"],
    ],
  },
  hate: {
    alone: "slur dehuman expel",
    pairs: [
      [GROUPS, "hateverb dehuman inferior expel slur kill murder hurt torture death profanity insult vile"],
      ["hateverb slur", "slur"],
      [GROUPS, "deny invade incite"],
      [GROUPS, "ought allof"],
      ["allof", "dehuman inferior expel"],
      ["generalise", GROUPS],
      ["generalise", "inferior dehuman"],
      ["joke", GROUPS],
      ["joke", "counter slur"],
    ],
  },
  harassment: {
    alone: "insult vile harass slur spy",
    pairs: [
      ["spy harass insult vile", "relation howto person evade noticed"],
      ["insult vile harass slur profanity", "you relation person write evade noticed"],
      ["you", "death kill murder"],
      ["stalk", "threat insult vile weapon arson"],
      ["stalk", "stalk"],
      ["threat", "insult vile harass"],
    ],
  },
  drugs: {
    alone: "drug harddrug",
    pairs: [["drug harddrug", "cook traffic buy make evade noticed howto where"]],
  },
  crime: {
    alone: "crime theft fraud forgery damage disinfo",
    pairs: [
      ["damage", "relation evade noticed others target"],
      ["disinfo", "write make howto persuade"],
      ["crime theft fraud forgery", "howto evade noticed money make buy relation others document"],
      ["deceive", "money document"],
      ["evade noticed", "howto buy"],
    ],
  },
  malware: {
    alone: "malware hardmal hack",
    pairs: [
      ["malware hardmal hack", `${ASKS} evade noticed account`],
      ["account", "evade noticed relation others"],
      ["malware hardmal hack", "others deceive relation"],
    ],
  },
  extremism: {
    alone: "extremism",
    pairs: [
      ["extremism", "recruit write howto make explosive bombmake target praise"],
      ["recruit", "kill murder"],
      ["glory", "extremism"],
      ["incite", "kill murder expel weapon gunlaw extremism threat"],
    ],
  },
  cbrn: {
    alone: "cbrn hardcbrn poison",
    pairs: [
      ["chemical", "make evade noticed lethal person target explosive bombmake poison"],
      ["cbrn hardcbrn poison", "make cook howto buy target evade noticed person explosive bombmake mass lethal"],
    ],
  },
};

/** Concepts that speak against every category: what is said in medicine, news, history, fiction, sport, idioms, code. */
const AGAINST =
  "tech game fiction history news medical help sport food pest law study figurative counter praise romance defend refuse suffer seek";
const STRONG = 8;
const WEAK = 4;
const AGAINST_ALL = -2;

/** Prior weights of all features. */
export function safetyPrior(): Float32Array {
  const table = new Float32Array(TABLE);
  const set = (names: readonly string[], category: number, weight: number): void => {
    const feature = featureOf(names.map((name) => CONCEPTS.indexOf(name)));
    table[feature * CATEGORY_COUNT + category] = weight;
  };
  SAFETY_CATEGORIES.forEach((name, category) => {
    const { alone, pairs } = SPEAKS[name];
    for (const concept of alone.split(" ")) set([concept], category, WEAK);
    for (const [left, right] of pairs) {
      for (const one of left.split(" ")) for (const other of right.split(" ")) set([one, other], category, STRONG);
    }
    for (const concept of AGAINST.split(" ")) set([concept], category, AGAINST_ALL);
    for (const concept of alone.split(" ")) {
      for (const context of AGAINST.split(" "))
        if (context !== "praise" && context !== "romance") set([concept, context], category, AGAINST_ALL);
    }
  });
  return table;
}
