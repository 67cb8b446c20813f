import { type Static, Type } from "@sinclair/typebox";
import { Closed, oneOf } from "../../schema/shapes.ts";

const on = (description: string) => Type.Boolean({ default: true, description });

/** Settings of `prompt-injection`. `config/aliases.ts` has the second spellings. */
export const InjectionOptions = Closed({
  threshold: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.8,
    description:
      "From this score on a text counts as an attack: 0.8 is the balanced operating point, 0.5 the strict one",
  }),
  action: oneOf(["block", "escalate", "log"], {
    default: "block",
    description: "What happens to a request with an attack in it; log: it goes on, and the ledger says why",
  }),
  response: Closed(
    {
      message: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 2_000,
          description: "What the caller is told instead of our own words",
        }),
      ),
    },
    { default: {}, description: "The answer to a request that was stopped" },
  ),
  attack_patterns: Type.Array(Type.String({ minLength: 1, maxLength: 4_096 }), {
    default: [],
    description:
      "Regular expressions of one's own, run in linear time over texts and what they hide: a match is an attack of score 1",
  }),
  detection: Closed({}, { default: {}, description: "Where attack_patterns and the threshold may stand as well" }),
  encoding: Closed(
    {
      decode_base64: on("What encodings and ciphers hide is uncovered and scored too: base64, hex, ROT13, leet, …"),
      normalize_unicode: on("Odd spellings of letters are folded, invisible characters left out, hidden text read"),
      detect_homoglyphs: on("Look-alikes of other scripts within a Latin word are read as Latin"),
    },
    { default: {}, description: "Disguises that are seen through" },
  ),
  boundaries: Closed(
    {
      enforce_delimiters: on("Lines that pretend a system's or an assistant's turn begins weigh in"),
      reject_fake_boundaries: on("Control tokens of chat templates in front of a role or an order are an attack"),
    },
    { default: {}, description: "Marks by which turns are parted" },
  ),
  scan: oneOf(["user", "all"], {
    default: "all",
    description:
      "user: what users say and what tools return; all: also assistants, systems, tool definitions and calls",
  }),
});
export type InjectionOptions = Static<typeof InjectionOptions>;
