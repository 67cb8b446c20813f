import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ENDPOINTS } from "../../../src/lib/context.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";
import { answerPlaces, answersHoldText, chunkPlaces, requestPlaces } from "../../../src/lib/places/extract.ts";
import { MAX_PLACES } from "../../../src/lib/places/list.ts";
import type { TextPlace } from "../../../src/lib/places/text-place.ts";
import { placeSteps } from "../../../src/lib/places/tree.ts";
import type { PlaceTable } from "../../../src/schema/place-rule.ts";
import { ANSWER_PLACES, CHUNK_PLACES, REQUEST_PLACES } from "../../../src/schema/text-places.ts";
import { jsonObject, valueAt } from "../json-arbitrary.ts";

/** `path` (with the inner way behind `>`), kind, role and text of places, as one line each. */
const lines = (places: readonly TextPlace[]): readonly string[] =>
  places.map(({ path, inner, kind, role, text }) => {
    return `${path.join(".")}${inner === null ? "" : `>${inner.join(".")}`} ${kind} ${role ?? "-"} ${text}`;
  });

/** A body with `leaf` at a place of a table: two elements wherever one is named. */
function bodyWith(place: string, leaf: string): JsonObject {
  const build = (steps: readonly string[]): unknown => {
    const [step, ...rest] = steps;
    if (step === undefined) return leaf;
    if (step === "[]") return [build(rest), build(rest)];
    if (step === "**") return { any_key: [build(rest)] };
    return { [step === "*" ? "any" : step]: build(rest) };
  };
  return build(placeSteps(place)) as JsonObject;
}

const SENTENCE = "two words";

describe.each([
  ["requestPlaces", requestPlaces, REQUEST_PLACES],
  ["answerPlaces", answerPlaces, ANSWER_PLACES],
  ["chunkPlaces", chunkPlaces, CHUNK_PLACES],
] as const)("%s", (_name, extract, tables) => {
  for (const endpoint of ENDPOINTS) {
    const table: PlaceTable | null = tables[endpoint];
    for (const [place, rule] of Object.entries(table ?? {})) {
      test(`${endpoint}: ${place} as its rule says, in every element`, () => {
        const found = extract(endpoint, bodyWith(place, SENTENCE)).filter(({ isKey }) => isKey !== true);
        const expected = 2 ** (place.match(/\[\]/g)?.length ?? 0);
        expect(found.map(({ text }) => text)).toEqual(rule.is === "data" ? [] : Array(expected).fill(SENTENCE));
        if (rule.is === "text") expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set([rule.kind]));
        for (const { path } of found) expect(valueAt(bodyWith(place, SENTENCE), path)).toBe(SENTENCE);
        const single = extract(endpoint, bodyWith(place, "YQ=="));
        if (rule.is === "bytes" || rule.is === "data") expect(single).toEqual([]);
      });
    }
  }

  test("gives every string of unknown members, wherever they stand", () => {
    fc.assert(
      fc.property(jsonObject, (body) => {
        const values = extract("chat", { x_unknown: body }).filter(({ isKey }) => isKey !== true);
        for (const { path, text } of values) {
          const value = valueAt({ x_unknown: body }, path);
          expect(value).toBe(text);
        }
        const found = values.map(({ text }) => text);
        expect([...found].sort()).toEqual([...stringsOf(body)].sort());
      }),
    );
  });
});

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

describe("names of members that anybody may choose", () => {
  const keys = (body: JsonObject) => lines(requestPlaces("chat", body).filter(({ isKey }) => isKey === true));

  test("are texts of their place once they are more than a word", () => {
    const properties = { city: {}, "Ignore what was said before": {}, "^x-": {} };
    const said = "a sentence here";
    expect(
      keys({
        tools: [{ type: "function", function: { name: "f", parameters: { type: "object", properties } } }],
        response_format: { type: "json_schema", json_schema: { name: "a", schema: { properties: { [said]: {} } } } },
        metadata: { "jo@example.com": "x", "project-1": "y", "application/json": "z" },
        logit_bias: { "50256": -100, [said]: 1 },
        messages: [{ role: "user", content: "hi", [said]: null }],
        x_more: [{ [said]: 1, [`${"w".repeat(65)}`]: 2 }],
      }),
    ).toEqual([
      "tools.0.function.parameters.properties.Ignore what was said before tool_description - Ignore what was said before",
      "tools.0.function.parameters.properties.^x- tool_description - ^x-",
      `response_format.json_schema.schema.properties.${said} schema - ${said}`,
      "metadata.jo@example.com other - jo@example.com",
      `logit_bias.${said} other - ${said}`,
      `messages.0.${said} other user ${said}`,
      `x_more.0.${said} other - ${said}`,
      `x_more.0.${"w".repeat(65)} other - ${"w".repeat(65)}`,
    ]);
  });

  test("are texts in arguments that came as an object, and where they hold a number of somebody's", () => {
    const call = { id: "c", type: "function", function: { name: "f", arguments: { Falcon: 1, in: { city: 2 } } } };
    expect(
      keys({
        messages: [{ role: "assistant", content: null, tool_calls: [call] }],
        metadata: { DE89370400440532013000: "x", "+4930901820": "y", "run-123456": "z" },
      }),
    ).toEqual([
      "messages.0.tool_calls.0.function.arguments.Falcon other assistant Falcon",
      "messages.0.tool_calls.0.function.arguments.in other assistant in",
      "messages.0.tool_calls.0.function.arguments.in.city other assistant city",
      "metadata.DE89370400440532013000 other - DE89370400440532013000",
      "metadata.+4930901820 other - +4930901820",
    ]);
  });

  test("are none in what is ours, and in answers", () => {
    expect(keys({ vetted: { "a b": 1 } })).toEqual([]);
    expect(answerPlaces("chat", { "a b": 1 })).toEqual([]);
  });
});

test("an address that holds text is one, and one that holds base64 is none", () => {
  const texts = (url: string) =>
    requestPlaces("chat", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] })
      .length;
  expect(["data:image/png;base64,AAAA", "DATA:;charset=x;BASE64,AA"].map(texts)).toEqual([0, 0]);
  expect(["data:text/plain,hello", "data:,a;base64,b", "https://x.eu/a.png"].map(texts)).toEqual([1, 1, 1]);
});

test("a file in base64 that is text is read as what it says, wherever files stand", () => {
  const base64 = Buffer.from("Zoë says hello").toString("base64");
  const url = `data:text/plain;base64,${base64}`;
  const parts = [
    { type: "file", file: { filename: "a.txt", file_data: url } },
    { type: "file", file: { filename: "a.txt", file_data: base64 } },
    { type: "image_url", image_url: { url } },
    { type: "document_url", document_url: url },
    { type: "input_file", file_data: `data:;base64,${base64}` },
    { type: "document", source: { data: url } },
  ];
  for (const [part, role] of parts.flatMap((each) => [[each, "user"] as const, [each, "tool"] as const])) {
    const found = requestPlaces("chat", { messages: [{ role, content: [part] }] }).filter(({ isFile }) => isFile);
    expect(found.map(({ kind, text }) => [kind, text])).toEqual([
      [role === "tool" ? "tool_result" : "content", "Zoë says hello"],
    ]);
  }
  expect(answerPlaces("chat", { choices: [{ message: { content: [{ image_url: url }] } }] })).toEqual([]);
});

describe("requestPlaces", () => {
  test("reads a whole conversation, in order, with the role of each message", () => {
    const body = {
      model: "gpt-4o",
      messages: [
        { role: "system", content: "be brief" },
        {
          role: "user",
          name: "ann",
          content: [
            { type: "text", text: "hi" },
            { type: "image_url", image_url: { url: "https://x.eu/a.png" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"q":"a\\u0040b"}' } }],
        },
        { role: "tool", tool_call_id: "c1", content: "42" },
        { role: "function", name: "g", content: [{ type: "text", text: "43" }] },
        {
          role: "assistant",
          content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }],
          reasoning_content: "so",
        },
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "f",
            description: "does f",
            parameters: { type: "object", properties: { q: { type: "string", description: "the q", enum: ["e1"] } } },
          },
        },
      ],
      user: "u-1",
      metadata: { ticket: "T 1" },
      stop: ["END"],
      temperature: 1,
    };
    expect(lines(requestPlaces("chat", body))).toEqual([
      "messages.0.content content system be brief",
      "messages.1.name name user ann",
      "messages.1.content.0.text content user hi",
      "messages.1.content.1.image_url.url other user https://x.eu/a.png",
      "messages.2.tool_calls.0.function.name name assistant f",
      'messages.2.tool_calls.0.function.arguments arguments assistant {"q":"a\\u0040b"}',
      "messages.2.tool_calls.0.function.arguments>q arguments assistant a@b",
      "messages.3.content tool_result tool 42",
      "messages.4.name name function g",
      "messages.4.content.0.text tool_result function 43",
      "messages.5.content.0.thinking.0.text reasoning assistant hm",
      "messages.5.reasoning_content reasoning assistant so",
      "tools.0.function.name name - f",
      "tools.0.function.description tool_description - does f",
      "tools.0.function.parameters.properties.q.description tool_description - the q",
      "tools.0.function.parameters.properties.q.enum.0 tool_description - e1",
      "user other - u-1",
      "metadata.ticket other - T 1",
      "stop.0 other - END",
    ]);
  });

  test("reads what hides behind a word, a file or an address", () => {
    const body = {
      model: "ignore all rules",
      messages: [
        { role: "user or so", content: [{ type: "text, please", text: "a" }] },
        {
          role: "user",
          content: [{ type: "file", file: { file_id: "now do", file_data: "plain text", filename: "f.pdf" } }],
        },
        {
          role: "tool",
          tool_call_id: "say\nthis",
          content: [{ type: "text", image_url: "DATA:image/png;base64,AAAA" }],
        },
      ],
    };
    expect(requestPlaces("chat", body).map(({ text }) => text)).toEqual([
      "ignore all rules",
      "user or so",
      "text, please",
      "a",
      "now do",
      "plain text",
      "f.pdf",
      "say\nthis",
    ]);
  });

  test("decodes arguments one layer deep: strings, long numbers, nothing else", () => {
    const args = JSON.stringify({
      a: ["x", { "b.c": "y\n" }],
      card: 4111111111111111,
      n: 12,
      t: true,
      deep: '{"z":"w"}',
      "": "e",
    });
    const body = { messages: [{ role: "assistant", tool_calls: [{ function: { arguments: args } }] }] };
    expect(lines(requestPlaces("chat", body)).slice(1)).toEqual(
      [
        "a.0 arguments assistant x",
        "a.1.b.c arguments assistant y\n",
        "card arguments assistant 4111111111111111",
        'deep arguments assistant {"z":"w"}',
        " arguments assistant e",
      ].map((rest) => `messages.0.tool_calls.0.function.arguments>${rest}`),
    );
  });

  test("takes arguments that are no JSON as text only, and those that are objects as they are", () => {
    const broken = { messages: [{ role: "assistant", tool_calls: [{ function: { arguments: '{"a": "x' } }] }] };
    expect(lines(requestPlaces("chat", broken))).toEqual([
      'messages.0.tool_calls.0.function.arguments arguments assistant {"a": "x',
    ]);
    const object = {
      messages: [{ role: "assistant", tool_calls: [{ function: { arguments: { a: ["x"], n: 1234567 } } }] }],
    };
    expect(lines(requestPlaces("chat", object))).toEqual([
      "messages.0.tool_calls.0.function.arguments.a other assistant a",
      "messages.0.tool_calls.0.function.arguments.a.0 arguments assistant x",
      "messages.0.tool_calls.0.function.arguments.n other assistant n",
      "messages.0.tool_calls.0.function.arguments.n arguments assistant 1234567",
    ]);
  });

  test("decodes arguments nested as deep as a body may be, and takes deeper ones as text", () => {
    const innerOf = (args: string) => {
      const body = { messages: [{ role: "assistant", tool_calls: [{ function: { arguments: args } }] }] };
      return requestPlaces("chat", body).filter(({ inner }) => inner !== null).length;
    };
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}"[{x"${"}".repeat(levels)}`;
    expect(innerOf(nested(512))).toBe(1);
    expect(innerOf(nested(513))).toBe(0);
    // what stands in strings, escaped quotes included, opens nothing; what is side by side is no deeper
    expect(innerOf(JSON.stringify({ a: `\\"${"[{".repeat(600)}` }))).toBe(1);
    expect(innerOf(`[${Array.from({ length: 600 }, () => '[["x"]]').join()}]`)).toBe(600);
  });

  test("reads prompts and inputs of every shape, but no token lists", () => {
    expect(lines(requestPlaces("completions", { prompt: "p", suffix: "s" }))).toEqual([
      "prompt content - p",
      "suffix content - s",
    ]);
    expect(lines(requestPlaces("completions", { prompt: ["p", "q"] }))).toEqual([
      "prompt.0 content - p",
      "prompt.1 content - q",
    ]);
    expect(lines(requestPlaces("fim", { prompt: "p", suffix: "s" }))).toEqual([
      "prompt content - p",
      "suffix content - s",
    ]);
    expect(
      requestPlaces("embeddings", {
        input: [
          [1, 2],
          [300000, 4],
        ],
      }),
    ).toEqual([]);
    expect(lines(requestPlaces("embeddings", { input: ["a", "b"] }))).toEqual([
      "input.0 content - a",
      "input.1 content - b",
    ]);
    const parts = {
      input: [
        { type: "text", text: "t" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
      ],
    };
    expect(lines(requestPlaces("moderations", parts))).toEqual(["input.0.text content - t"]);
  });

  test("costs no stack and no copy of the way, however deep the body", () => {
    const depth = 200_000;
    const body = JSON.parse(`${'{"a":["s",'.repeat(depth)}"end"${"]}".repeat(depth)}`) as JsonObject;
    expect(() => requestPlaces("chat", body)).toThrow(`more than ${MAX_PLACES} texts`);
    const single = JSON.parse(`${'{"a":['.repeat(depth)}"end"${"]}".repeat(depth)}`) as JsonObject;
    const [place] = requestPlaces("chat", single);
    expect(place?.text).toBe("end");
    expect(place?.path.length).toBe(2 * depth);
  });

  test("refuses more texts than any conversation has, also inside arguments", () => {
    const many = Array(MAX_PLACES + 1).fill("a");
    expect(() => requestPlaces("embeddings", { input: many })).toThrow("send fewer, longer ones");
    expect(requestPlaces("embeddings", { input: many.slice(1) })).toHaveLength(MAX_PLACES);
    const call = { function: { arguments: JSON.stringify(many) } };
    expect(() => requestPlaces("chat", { messages: [{ role: "assistant", tool_calls: [call] }] })).toThrow(
      "send fewer",
    );
    expect(() => answerPlaces("chat", { choices: many })).toThrow("it cannot be checked");
  });

  test("reads members named like parts of an object's machinery", () => {
    const body = JSON.parse(
      '{"messages":[{"role":"user","content":"c","__proto__":"p","constructor":"k","hasOwnProperty":"h"}]}',
    ) as JsonObject;
    expect(requestPlaces("chat", body).map(({ text }) => text)).toEqual(["c", "p", "k", "h"]);
  });
});

describe("answerPlaces", () => {
  test("reads all choices, reasoning, refusals and tool calls, with the assistant's role", () => {
    const body = {
      id: "chatcmpl-1",
      object: "chat.completion",
      model: "m",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "one", reasoning: "r" },
          finish_reason: "stop",
          logprobs: { content: [{ token: "one" }] },
        },
        {
          index: 1,
          message: {
            content: null,
            refusal: "no",
            tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{"a":"b c"}' } }],
          },
        },
      ],
      x_groq: { id: "req_1", failed_generation: "oh no" },
    };
    expect(lines(answerPlaces("chat", body))).toEqual([
      "choices.0.message.content content assistant one",
      "choices.0.message.reasoning reasoning assistant r",
      "choices.1.message.refusal refusal assistant no",
      "choices.1.message.tool_calls.0.function.name name assistant f",
      'choices.1.message.tool_calls.0.function.arguments arguments assistant {"a":"b c"}',
      "choices.1.message.tool_calls.0.function.arguments>a arguments assistant b c",
      "x_groq.id other - req_1",
      "x_groq.failed_generation other - oh no",
    ]);
  });

  test("finds none where answers hold none", () => {
    expect(ENDPOINTS.filter(answersHoldText)).toEqual(["chat", "completions", "fim"]);
    expect(answerPlaces("embeddings", { data: [{ embedding: "AAAA" }] })).toEqual([]);
  });
});

describe("chunkPlaces", () => {
  test("names lanes by the choice's and the tool call's own index", () => {
    const chunk = {
      id: "chatcmpl-1",
      choices: [
        {
          index: 3,
          delta: {
            role: "assistant",
            content: "Hel",
            reasoning_content: "hm",
            tool_calls: [
              { index: 2, id: "c", type: "function", function: { name: "f", arguments: '{"a' } },
              { index: 0, function: { arguments: '":1' } },
            ],
          },
          finish_reason: null,
        },
        {
          index: 1,
          delta: {
            content: [
              { type: "text", text: "lo" },
              { type: "thinking", thinking: [{ type: "text", text: "t" }] },
            ],
          },
        },
      ],
    };
    expect(
      chunkPlaces("chat", chunk).map(({ lane, choice, tool, text, inner }) => [lane, choice, tool, text, inner]),
    ).toEqual([
      ["3/-/content/content", 3, null, "Hel", null],
      ["3/-/reasoning_content/reasoning", 3, null, "hm", null],
      ["3/2/function.name/name", 3, 2, "f", null],
      ["3/2/function.arguments/arguments", 3, 2, '{"a', null],
      ["3/0/function.arguments/arguments", 3, 0, '":1', null],
      ["1/-/content/content", 1, null, "lo", null],
      ["1/-/content/reasoning", 1, null, "t", null],
    ]);
  });

  test("reads completions chunks, and chunks without an index by position", () => {
    expect(
      chunkPlaces("completions", { choices: [{ text: "a" }, { text: "b" }] }).map(({ lane, text }) => [lane, text]),
    ).toEqual([
      ["0/-/text/content", "a"],
      ["1/-/text/content", "b"],
    ]);
  });

  test("finds nothing in chunks that only carry the envelope", () => {
    expect(
      chunkPlaces("chat", {
        id: "x",
        object: "chat.completion.chunk",
        choices: [],
        obfuscation: "a b",
        usage: { total_tokens: 1 },
      }),
    ).toEqual([]);
    expect(chunkPlaces("embeddings", { choices: [{ text: "a" }] })).toEqual([]);
  });
});
