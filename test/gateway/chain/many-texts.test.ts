import { describe, expect, test } from "bun:test";
import { createChain } from "../../../src/gateway/chain/chain.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { JsonObject, Parsed } from "../../../src/lib/json/json.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { parsed } from "../../support/codec.ts";
import { allowing, chat, contextFor, enforced, MARK, monitored, optionsFor, redactor, WORD } from "./policies.ts";

/** A clock by which every step takes as long as a turn of the loop may. */
function slowClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    monotonic() {
      nowMs += 6;
      return nowMs;
    },
    after: () => () => {},
  };
}

/** What a chain makes of a request, and in how many turns of the loop. */
async function passed(request: Parsed, policies: Readonly<Record<string, Policy>>) {
  const chain = createChain({
    ...optionsFor(Object.entries(policies).map(([name, policy]) => enforced(name, policy))),
    clock: slowClock(),
  });
  let turns = 0;
  let running = true;
  const others = (async () => {
    for (; running; turns++) await new Promise((resolve) => setImmediate(resolve));
  })();
  const run = chain.start(contextFor());
  try {
    return { result: await run.request(request), run, turns: () => turns };
  } finally {
    running = false;
    await others;
  }
}

const COUNT = 10_000;
const many = <T>(make: (at: number) => T): T[] => Array.from({ length: COUNT }, (_, at) => make(at));
const gone = (request: Parsed): Parsed => parsed(JSON.parse(request.source.replaceAll(WORD, MARK)) as JsonObject);

describe("a long body of very many small texts is gathered and edited in turns", () => {
  const bodies: Readonly<Record<string, Parsed>> = {
    messages: chat(...many((at) => `the ${WORD} of ${at}`)),
    parts: parsed({ messages: [{ role: "user", content: many((at) => ({ type: "text", text: `${WORD} ${at}` })) }] }),
    tools: parsed({
      messages: [],
      tools: many((at) => ({ type: "function", function: { name: `f${at}`, description: `asks for ${WORD}` } })),
    }),
    members: parsed({ messages: [], metadata: Object.fromEntries(many((at) => [`name ${at}`, `of ${WORD}`])) }),
    "members' names": parsed({ messages: [], metadata: Object.fromEntries(many((at) => [`name ${WORD} ${at}`, ""])) }),
    arguments: parsed({
      messages: [
        {
          role: "assistant",
          tool_calls: [
            { id: "c", function: { name: "f", arguments: JSON.stringify(many((at) => `the ${WORD} of ${at}`)) } },
          ],
        },
      ],
    }),
  };
  for (const [name, body] of Object.entries(bodies)) {
    test(name, async () => {
      const { result, run, turns } = await passed(body, { first: redactor, second: allowing });
      expect(result).toEqual(gone(body));
      expect(run.records.map(({ policy, verdict }) => `${policy} ${verdict}`)).toEqual([
        "first redact",
        "second allow",
      ]);
      // gathered, edited, and gathered once more
      expect(turns()).toBeGreaterThan(20);
    });
  }

  test("a short one has none", () => {
    const run = createChain({ ...optionsFor([enforced("first", redactor)]), clock: slowClock() }).start(contextFor());
    const request = chat(`the ${WORD}`, `no ${WORD}`);
    expect(run.request(request)).toEqual(gone(request));
  });

  test("who only watches changes nothing", async () => {
    const chain = createChain({ ...optionsFor([monitored("first", redactor)]), clock: slowClock() });
    const run = chain.start(contextFor());
    const body = bodies["messages"]!;
    expect(await run.request(body)).toBe(body);
    expect(run.records).toMatchObject([{ verdict: "redact", mode: "monitor" }]);
  });

  test("names that become one are refused, and edits of another body are the policy's error", async () => {
    const twice: Policy = {
      request: (_parsed, places) => ({
        action: "redact",
        reasonCode: "test.redacted",
        edits: places
          .filter(({ isKey }) => isKey === true)
          .map((place) => ({ place, start: 0, end: place.text.length, text: MARK })),
      }),
    };
    const clash = await passed(bodies["members"]!, { twice }).catch((thrown: unknown) => thrown);
    expect(clash).toMatchObject({ code: "invalid_json" });
    const [place] = many(() => ({ kind: "content" as const, text: "abc", role: null, path: ["no"], inner: null }));
    const lost: Policy = {
      request: () => ({ action: "redact", reasonCode: "x", edits: [{ place: place!, start: 0, end: 1, text: "" }] }),
    };
    const error = await passed(bodies["messages"]!, { lost }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: "policy_error" });
  });
});
