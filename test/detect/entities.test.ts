import { describe, expect, test } from "bun:test";
import { ENTITIES, entitiesNamed, entityName, recognisersOf } from "../../src/detect/entities.ts";

describe("entitiesNamed", () => {
  test.each([
    ["email", ["EMAIL"]],
    ["EMAIL_ADDRESS", ["EMAIL"]],
    ["phone-number", ["PHONE"]],
    ["creditCard", ["CREDIT_CARD"]],
    ["ssn", ["US_SSN"]],
    ["IBAN_CODE", ["IBAN"]],
    ["name", ["PERSON"]],
    ["US_DRIVER_LICENSE", ["DRIVER_LICENSE"]],
    ["codice fiscale", ["IT_CF"]],
    ["SE_PERSONNUMMER", ["SE_PNR"]],
    ["SK_RC", ["CZ_RC"]],
    ["US_BANK_NUMBER", ["BANK_ACCOUNT"]],
    ["mrn", ["MEDICAL_RECORD"]],
  ])("knows %s", (name, expected) => {
    expect(entitiesNamed(name)).toEqual(expected);
  });

  test("knows groups, all of them, and nothing else", () => {
    expect(entitiesNamed("secrets")).toEqual(expect.arrayContaining(["API_KEY", "PASSWORD", "PRIVATE_KEY"]));
    expect(entitiesNamed("NATIONAL_ID")).toContain("FR_NIR");
    expect(entitiesNamed("all")).toEqual(ENTITIES);
    expect(entitiesNamed("star sign")).toEqual([]);
  });

  test("every entity is its own name", () => {
    for (const entity of ENTITIES) expect(entitiesNamed(entityName(entity))).toEqual([entity]);
  });
});

describe("recognisersOf", () => {
  test("adds what is harmless, and no other entity", () => {
    const chosen = recognisersOf(new Set(["EMAIL"]));
    const found = chosen.filter(({ harmless }) => harmless !== true);
    expect(new Set(found.map(({ entity }) => entity))).toEqual(new Set(["EMAIL"]));
    expect(chosen.some(({ harmless }) => harmless === true)).toBe(true);
    expect(ENTITIES).not.toContain("LOOKALIKE");
  });
});
