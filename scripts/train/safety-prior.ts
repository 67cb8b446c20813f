/** What is known before anything is learnt: weights are drawn towards these, not towards nothing. */
import { CATEGORY_COUNT, SAFETY_CATEGORIES, type SafetyCategory } from "../../src/detect/safety/categories.ts";
import { CONCEPTS, featureOf } from "../../src/detect/safety/features.ts";
import { TABLE } from "../../src/detect/safety/model.ts";

const GROUPS = "religion ethnic gender lgbt disabled trait";
const ASKS = "howto make buy write";

/** Per category: concepts that speak for it by themselves, and pairs of which either side is any of a list. */
const SPEAKS: Readonly<Record<SafetyCategory, { alone: string; pairs: readonly (readonly [string, string])[] }>> = {
  violence: {
    alone: "kill hurt gore violently arson abduct",
    pairs: [
      ["arson abduct", "person relation evade target howto"],
      ["kill hurt", "person relation evade mass lethal"],
      ["kill hurt", "you target"],
      ["howto", "kill hurt"],
      ["gore", "medium kill hurt"],
      ["threat ought glory", "kill hurt gore weapon explosive"],
    ],
  },
  weapons: {
    alone: "weapon explosive",
    pairs: [
      ["weapon explosive", "make howto buy evade traffic"],
      ["weapon explosive", "target where"],
    ],
  },
  "self-harm": {
    alone: "suicide selfharm despair",
    pairs: [
      ["suicide selfharm despair", "me howto evade"],
      ["suicide selfharm", "write amount"],
      ["death", "me despair"],
      ["suicide selfharm lethal", "persuade method"],
      ["lethal", "amount method"],
    ],
  },
  sexual: {
    alone: "sexact sexual sexbody",
    pairs: [
      ["sexact sexual sexbody", "sexact sexual sexbody medium write"],
      ["sexact sexbody", "me you"],
      ["spy", "sexbody sexual sexact"],
    ],
  },
  minors: {
    alone: "groom",
    pairs: [
      ["child", "sexact sexual sexbody groom"],
      ["groom", "evade"],
    ],
  },
  hate: {
    alone: "slur dehuman expel",
    pairs: [
      [GROUPS, "hateverb dehuman inferior expel slur kill hurt death profanity insult"],
      ["hateverb slur", "slur"],
      [GROUPS, "ought allof"],
      ["allof", "dehuman inferior expel"],
      ["generalise", GROUPS],
      ["generalise", "inferior dehuman"],
      ["joke", GROUPS],
      ["joke", "counter slur"],
    ],
  },
  harassment: {
    alone: "insult harass slur spy",
    pairs: [
      ["spy harass insult", "relation howto person evade"],
      ["insult harass slur profanity", "you relation person write evade"],
      ["you", "death kill"],
      ["threat", "insult harass"],
    ],
  },
  drugs: { alone: "drug", pairs: [["drug", "cook traffic buy make evade howto where"]] },
  crime: {
    alone: "crime damage disinfo",
    pairs: [
      ["damage", "relation evade others target"],
      ["disinfo", "write make howto persuade"],
      ["crime", "howto evade money make buy relation others document"],
      ["deceive", "money document"],
      ["evade", "howto buy"],
    ],
  },
  malware: {
    alone: "malware hack",
    pairs: [
      ["malware hack", `${ASKS} evade account`],
      ["account", "evade relation others"],
      ["malware hack", "others deceive relation"],
    ],
  },
  extremism: {
    alone: "extremism",
    pairs: [
      ["extremism", "recruit write howto make explosive target praise"],
      ["recruit", "kill"],
      ["glory", "extremism"],
    ],
  },
  cbrn: {
    alone: "cbrn poison",
    pairs: [
      ["chemical", "make evade lethal person target explosive poison"],
      ["cbrn poison", "make cook howto buy target evade person explosive mass lethal"],
    ],
  },
};

/** Concepts that speak against every category: what is said in medicine, news, history, fiction, sport, idioms, code. */
const AGAINST =
  "tech game fiction history news medical help sport food pest law study figurative counter praise romance defend";
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
