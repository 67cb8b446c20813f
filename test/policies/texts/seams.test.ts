import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { systemClock } from "../../../src/lib/clock.ts";
import { applyEdits } from "../../../src/lib/edits/edits.ts";
import { editsInSteps } from "../../../src/lib/edits/places.ts";
import { inOneGo } from "../../../src/lib/in-one-go.ts";
import { requestPlaces } from "../../../src/lib/places/extract.ts";
import { dlpFilter } from "../../../src/policies/dlp-filter.ts";
import { piiDetector } from "../../../src/policies/pii-detector.ts";
import { safetyFilter } from "../../../src/policies/safety-filter.ts";
import { contextFor } from "../../gateway/chain/policies.ts";
import { cpuNowMs } from "../../support/cpu-ms.ts";
import { policyOf } from "../asking.ts";

const MARK = "[BLOCKED_TERM_REDACTED]";
const text = (part: string): object => ({ type: "text", text: part });

/** What a policy makes of a message's parts, and of a body. */
async function bodyAfter(module: object, settings: object, body: object): Promise<object | string> {
  const value = { model: "m", ...body };
  const source = JSON.stringify(value);
  const policy = policyOf(module, settings, systemClock);
  const said = await policy.request!({ source, value }, requestPlaces("chat", value), contextFor());
  if (said.action === "block" || said.action === "escalate") return said.action;
  if (said.action !== "redact") return value;
  return JSON.parse(applyEdits(source, inOneGo(editsInSteps(source, said.edits))));
}

async function partsAfter(settings: object, content: readonly object[], module: object = dlpFilter): Promise<unknown> {
  const body = await bodyAfter(module, settings, { messages: [{ role: "user", content }] });
  if (typeof body === "string") return body;
  const { messages } = body as { messages: [{ content: { text?: string; type: string }[] }] };
  return messages[0].content.map((part) => part.text ?? part.type);
}

const KEY = `sk-proj-${"aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY".repeat(2)}`;

describe("what one part holds whole", () => {
  test.each([
    ["Write to anna@firma.de", "Please summarise", "Write to [EMAIL_REDACTED]"],
    ["Write to anna@firma.de.", "The weather", "Write to [EMAIL_REDACTED]."],
    ["Call +49 30 901820", "12 people came", "Call [PHONE_REDACTED]"],
    [`Use ${KEY}`, "Please summarise", "Use [API_KEY_REDACTED]"],
    [`Use ${KEY}`, "summarise", "Use [API_KEY_REDACTED]"],
    ["The password: tR0ub4dor&3x", "Please summarise", "The password: [PASSWORD_REDACTED]"],
    ["Regards, Anna Schmidt", "Please summarise", "Regards, [PERSON_REDACTED]"],
    ["See https://u:pw@example.com/x", "The weather", "See [URL_CREDENTIALS_REDACTED]"],
    ["lives at Hauptstraße 5, 10115 Berlin", "Please summarise", "lives at [ADDRESS_REDACTED]"],
  ])("%p takes nothing from %p", async (first, next, marked) => {
    expect(await partsAfter({}, [text(first), text(next)], piiDetector)).toEqual([marked, next]);
  });

  test.each([
    [
      ["Write to anna.sch", "midt@firma.de now"],
      ["Write to [EMAIL_REDACTED]", " now"],
    ],
    [
      [`Use ${KEY.slice(0, 40)}`, `${KEY.slice(40)} now`],
      ["Use [API_KEY_REDACTED]", " now"],
    ],
    [
      ["Write to anna@fir", "ma.de now"],
      ["Write to [EMAIL_REDACTED]", " now"],
    ],
    [
      ["Card 4111 1111", "1111 1111 ok"],
      ["Card [CREDIT_CARD_REDACTED]", " ok"],
    ],
  ])("what no part holds is still found across: %p", async (parts, marked) => {
    expect(await partsAfter({}, parts.map(text), piiDetector)).toEqual(marked);
  });
});

describe("what stands in two text parts of one message", () => {
  test.each([
    [
      ["about Proj", "ect Falcon!"],
      [`about ${MARK}`, "!"],
    ],
    [
      ["Project ", "Falcon"],
      [MARK, ""],
    ],
    [
      ["Project", "Falcon"],
      [MARK, ""],
    ],
    [
      ["see P", "roject Fal", "con, and Proj", "ect Falcon"],
      [`see ${MARK}`, "", `, and ${MARK}`, ""],
    ],
    [
      ["a Project Falcon", "b Project Falcon"],
      [`a ${MARK}`, `b ${MARK}`],
    ],
    [
      ["Project", "", "Falcon"],
      [MARK, "", ""],
    ],
    [
      ["Project Falcon Project", "Falcon"],
      [`${MARK} ${MARK}`, ""],
    ],
    [
      ["the project", "is called falcon"],
      ["the project", "is called falcon"],
    ],
    [
      ['{"a":"Project Falcon"}', "Project Falcon"],
      [`{"a":"${MARK}"}`, MARK],
    ],
    [[`${"x ".repeat(9_000)}Proj`, `ect Falcon ${"y ".repeat(9_000)}Project`, "Falcon"], "long"],
  ])("%#", async (parts, expected) => {
    const found = await partsAfter({ blocked_terms: ["Project Falcon"] }, parts.map(text));
    // the ends of long parts are read with their neighbours
    if (expected === "long") expect((found as string[]).join("").match(/REDACTED/g)).toHaveLength(2);
    else expect(found).toEqual(expected);
  });

  test("is read together over an image, but not over two messages", async () => {
    const settings = { blocked_terms: ["Project Falcon"] };
    const image = { type: "image_url", image_url: { url: "https://a.test/i.png" } };
    expect(await partsAfter(settings, [text("Project"), image, text("Falcon")])).toEqual([MARK, "image_url", ""]);
    const messages = ["Project", "Falcon"].map((content) => ({ role: "user", content: [text(content)] }));
    expect(await bodyAfter(dlpFilter, settings, { messages })).toMatchObject({ messages });
  });

  test("is blocked where anything found ends it", async () => {
    const settings = { blocked_terms: ["Project Falcon"], action: "block" };
    expect(await partsAfter(settings, [text("Proj"), text("ect Falcon")])).toBe("block");
    expect(await partsAfter(settings, [text("Proj"), text("ect Eagle")])).toEqual(["Proj", "ect Eagle"]);
    const own = { block_if: ["Project Falcon"], mode: "education" };
    expect(await partsAfter(own, [text("Proj"), text("ect Falcon")], safetyFilter)).toBe("block");
  });

  test("is personal data too, and no half of anything is left", async () => {
    const settings = {};
    expect(await partsAfter(settings, [text("mail jane.doe@exam"), text("ple.com now")], piiDetector)).toEqual([
      "mail [EMAIL_REDACTED]",
      " now",
    ]);
    // the first part holds an address by itself, and the term takes its end
    const both = { blocked_terms: ["devil"], detect_patterns: ["email"], sensitivity_level: "high" };
    const left = (await partsAfter(both, [text("bob@mail.de"), text("vil")])) as string[];
    expect(left.join("")).not.toContain("bob");
  });

  test("is found wherever a text is cut, and in time that grows with its length", async () => {
    const settings = { blocked_terms: ["Project Falcon"], sensitivity_level: "high" };
    const whole = "tell me of Project Falcon today";
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 12 }), async (places) => {
        const cuts = [0, ...places.toSorted((a, b) => a - b), whole.length];
        const parts = cuts.slice(1).map((to, index) => text(whole.slice(cuts[index], to)));
        expect(((await partsAfter(settings, parts)) as string[]).join("")).toBe(`tell me of ${MARK} today`);
      }),
      { numRuns: 60 },
    );
    const letters = [..."Project Falcon ".repeat(2_000)].map(text);
    const before = cpuNowMs();
    expect(((await partsAfter(settings, letters)) as string[]).join("")).toBe(`${MARK} `.repeat(2_000));
    expect(cpuNowMs() - before).toBeLessThan(10_000);
  }, 60_000);
});
