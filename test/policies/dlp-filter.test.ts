import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { systemClock } from "../../src/lib/clock.ts";
import { requestPlaces } from "../../src/lib/places/extract.ts";
import { dlpFilter } from "../../src/policies/dlp-filter.ts";
import type { ChatCompletionChunk } from "../../src/schema/chat.ts";
import { contextFor, delta, textOf } from "../gateway/chain/policies.ts";

type Given = Parameters<typeof dlpFilter.create>[0];

const optionsOf = (settings: object): Given => Value.Default(dlpFilter.options, structuredClone(settings)) as Given;
const filter = (settings: object) => dlpFilter.create(optionsOf(settings), { fetch, clock: systemClock });

async function verdict(settings: object, content: string) {
  const value = { messages: [{ role: "user", content }] };
  const parsed = { source: JSON.stringify(value), value };
  return filter(settings).request!(parsed, requestPlaces("chat", value), contextFor());
}

async function changed(settings: object, content: string): Promise<string> {
  const said = await verdict(settings, content);
  return said.action === "redact" ? said.edits[0]!.text : content;
}

describe("dlp-filter", () => {
  test.each([
    [{ blocked_terms: ["Project Falcon"] }, "about PROJECT  falcon!", "about [BLOCKED_TERM_REDACTED]!"],
    [{ blocked_terms: ["Falcon"], sensitivity_level: "low" }, "falcon Falcon", "falcon [BLOCKED_TERM_REDACTED]"],
    [{ blocked_terms: ["falcon"], sensitivity_level: "high" }, "megaf-a-l-c-0-n", "mega[BLOCKED_TERM_REDACTED]"],
    [{ blocked_terms: ["falcon"], fuzzy_matching: true }, "falcn flcn", "[BLOCKED_TERM_REDACTED] flcn"],
    [
      { blocked_terms: ["falcon"], fuzzy_matching: true, max_distance: 0 },
      "falcn falcon",
      "falcn [BLOCKED_TERM_REDACTED]",
    ],
    [
      { blocked_terms: ["falcon"], fuzzy_matching: true, max_distance: 2 },
      "falcn flcn",
      "[BLOCKED_TERM_REDACTED] [BLOCKED_TERM_REDACTED]",
    ],
    [{ detect_patterns: ["PRJ-\\d+"] }, "see PRJ-4711.", "see [PATTERN_REDACTED]."],
    [{ detect_patterns: ["credit_card"] }, "4111111111111111 credit_card", "[CREDIT_CARD_REDACTED] [PATTERN_REDACTED]"],
    [{ detect_patterns: ["\\d{4}"] }, "at 2024-05-06T07:08:09Z", "at [PATTERN_REDACTED]-05-06T07:08:09Z"],
    [{ detect_patterns: ["<!--.*?-->"] }, "a <!-- b --> c --> d", "a [PATTERN_REDACTED] c --> d"],
    [{ detect_patterns: ["secret"] }, "a secret, jane@example.com", "a [PATTERN_REDACTED], jane@example.com"],
    [{ detect_patterns: ["PRJ-\\d{3} x"] }, "PRJ\u2011471\u00a0x", "[PATTERN_REDACTED]"],
    [{ detect_patterns: ["&nbsp;|&[lg]t;"] }, "a&nbsp;b&lt;", "a[PATTERN_REDACTED]b[PATTERN_REDACTED]"],
    [{}, "nothing is looked for", "nothing is looked for"],
  ])("with %j makes %j into %j", async (settings, text, expected) => {
    expect(await changed(settings, text)).toBe(expected);
  });

  test("block: says what kind, not what", async () => {
    expect(await verdict({ action: "block", blocked_terms: ["falcon"] }, "the falcon")).toEqual({
      action: "block",
      reasonCode: "dlp.blocked",
      message: "protected content found (1 BLOCKED_TERM)",
      findings: [{ kind: "BLOCKED_TERM" }],
    });
  });

  test("in streams, cut anywhere", () => {
    const stream = filter({ blocked_terms: ["project falcon"], detect_patterns: ["key=[a-z]+"] }).stream!(contextFor());
    const text = `Of Project Falcon: key=${"a".repeat(200)} and projects.`;
    const out: ChatCompletionChunk[] = text.split("").flatMap((unit) => [...stream.push(delta(unit))]);
    out.push(...stream.flush());
    expect(textOf(out)["0/-/content/content"]).toBe("Of [BLOCKED_TERM_REDACTED]: [PATTERN_REDACTED] and projects.");
    expect(stream.record!()).toMatchObject({ verdict: "redact", reason_code: "dlp.redacted", findings: 2 });
  });

  test("lint names what cannot be", () => {
    const faults = dlpFilter.check!(optionsOf({ blocked_terms: ["ok", " "], detect_patterns: ["(?<!a)b"] }));
    expect(faults.map(({ path }) => path.join("."))).toEqual(["blocked_terms.1", "detect_patterns.0"]);
  });
});
