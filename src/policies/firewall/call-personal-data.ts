import { ENTITIES, entitiesNamed, recognisersOf } from "../../detect/entities.ts";
import { laterRuleSet, rulesOf } from "../../detect/scan/rules.ts";
import { Scanner } from "../../detect/scan/scanner.ts";
import { someLeaf } from "./call-leaves.ts";

/** Makes what tells whether a call's arguments hold personal data or secrets: what `pii-detector` finds by default. */
export function personalDataTest(): (input: unknown) => boolean {
  const health = new Set(entitiesNamed("HEALTH"));
  const wanted = new Set(ENTITIES.filter((entity) => !health.has(entity)));
  const set = laterRuleSet(() => rulesOf(recognisersOf(wanted)));
  return (input) =>
    someLeaf(input, (text, name) => {
      // `{"date_of_birth": "…"}`: what stands in front of a text says what it is
      const scanner = new Scanner(set, name === "" ? "" : `${name.replaceAll("_", " ")}: `);
      return scanner.push(text).hits.length > 0 || scanner.flush().hits.length > 0;
    });
}
