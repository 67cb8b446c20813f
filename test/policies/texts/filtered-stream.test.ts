import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { JsonFilter } from "../../../src/detect/filter/json-filter.ts";
import type { Replacer } from "../../../src/detect/filter/replacing.ts";
import { RECOGNISERS } from "../../../src/detect/recognisers/index.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import type { Endpoint } from "../../../src/lib/context.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";
import { chunkPlaces } from "../../../src/lib/places/extract.ts";
import { FilteredStream } from "../../../src/policies/texts/filtered-stream.ts";
import { withText } from "../../../src/policies/texts/with-text.ts";
import type { ChatCompletionChunk } from "../../../src/schema/chat.ts";
import { choicesOf, textOf } from "../../gateway/chain/policies.ts";
import { hasRecordings, RECORDED, records } from "../../support/replay.ts";

const SET = ruleSet(RECOGNISERS.map(ruleOf));
const MARKING: Replacer = { replace: ({ entity }) => `[${entity}]`, rest: () => "" };
const KEEPING: Replacer = { replace: (_rule, text) => text, rest: (_rule, text) => text };

function run(chunks: readonly ChatCompletionChunk[], replacer: Replacer, endpoint: Endpoint = "chat") {
  const stream = new FilteredStream(endpoint, SET, replacer);
  return [...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.flush()];
}

function filtered(text: string): string {
  const filter = new JsonFilter(SET, MARKING);
  return filter.push(text) + filter.flush();
}

function chunksOf(body: string): ChatCompletionChunk[] {
  return body.split("\n").flatMap((line) => {
    const data = line.replace(/^data:\s*/, "");
    return line.startsWith("data:") && data.startsWith("{") ? [JSON.parse(data) as ChatCompletionChunk] : [];
  });
}

/** What must come through whatever is done to texts. */
function skeleton(chunks: readonly ChatCompletionChunk[]) {
  const choices = choicesOf(chunks);
  const calls = choices.flatMap(({ delta }) => (delta?.["tool_calls"] ?? []) as readonly JsonObject[]);
  return {
    roles: choices
      .flatMap(({ index, delta }) => (delta?.["role"] === undefined ? [] : [index]))
      .filter((index, at, all) => all.indexOf(index) === at),
    finishes: choices.flatMap(({ index, finish_reason: reason }) => (reason == null ? [] : [[index, reason]])),
    usage: chunks.flatMap(({ usage }) => (usage == null ? [] : [usage])),
    calls: calls.flatMap(({ id, function: called }) => (id == null ? [] : [[id, (called as JsonObject)["name"]]])),
  };
}

const STREAMS = hasRecordings
  ? RECORDED.flatMap((provider) =>
      records(provider).filter(({ stream, status, endpoint }) => stream && status === 200 && endpoint === "chat"),
    )
  : [];

describe.if(hasRecordings)("recorded streams", () => {
  test("are there", () => {
    expect(STREAMS.length).toBeGreaterThan(20);
  });

  test("come through with what they said, filtered as a whole text would be, and nothing else changed", () => {
    for (const { body } of STREAMS) {
      const chunks = chunksOf(body);
      for (const [replacer, expected] of [
        [KEEPING, (text: string) => text],
        [MARKING, filtered],
      ] as const) {
        const out = run(chunks, replacer);
        const said = Object.entries(textOf(chunks)).filter(([lane]) =>
          /\/(?:content|reasoning|reasoning_content|refusal|function.arguments)\//.test(lane),
        );
        const given = textOf(out);
        for (const [lane, text] of said) expect(given[lane] ?? "").toBe(expected(text));
        expect(skeleton(out)).toEqual(skeleton(chunks));
      }
    }
  });

  test("let nothing out of what is put into them, wherever it is cut", () => {
    const value = "jane.marked@example.com";
    let carried = 0;
    for (const [turn, { body }] of STREAMS.entries()) {
      const chunks = chunksOf(body);
      const pieces = chunks.flatMap((chunk, at) =>
        chunkPlaces("chat", chunk)
          .filter(({ lane }) => lane === "0/-/content/content")
          .map(({ path, text }) => ({ at, path, text })),
      );
      const text = pieces.map((piece) => piece.text).join("");
      if (text.length < 12) continue;
      const place = (turn * 37) % (text.length - 1);
      let rest = `${text.slice(0, place)} ${value} ${text.slice(place)}`;
      const carrier = [...chunks];
      for (const [index, { at, path, text: old }] of pieces.entries()) {
        const piece = index === pieces.length - 1 ? rest : rest.slice(0, old.length + (index % 3));
        rest = rest.slice(piece.length);
        carrier[at] = withText(carrier[at]!, path, piece);
      }
      const out = run(carrier, MARKING);
      const given = Object.values(textOf(out)).join("\n");
      expect(given).not.toMatch(/jane\.marked|marked@|@example/);
      expect(given).toContain("[EMAIL]");
      carried++;
    }
    expect(carried).toBeGreaterThan(15);
  });
});

describe("FilteredStream", () => {
  const delta = (content: string, index = 0): ChatCompletionChunk => ({
    id: "c",
    choices: [{ index, delta: { content }, finish_reason: null }],
  });

  test("gives what is held before a tool call and before another kind of part, in a chunk of the same kind", () => {
    const call = {
      id: "c",
      choices: [
        {
          index: 0,
          delta: { tool_calls: [{ index: 0, id: "x", function: { name: "f", arguments: "" } }] },
          finish_reason: null,
        },
      ],
    };
    expect(run([delta("now"), call], MARKING)).toEqual([delta("now"), call]);
    const thought = { id: "c", choices: [{ index: 0, delta: { reasoning_content: "hm " }, finish_reason: null }] };
    expect(run([delta("now"), thought], MARKING)).toEqual([delta("now"), thought]);
    // another choice is none of this one's affair
    expect(run([delta("now"), delta("... ", 1), delta(" on")], MARKING)[0]).toEqual(delta("... ", 1));
  });

  test("lets parts that take turns chunk by chunk hide nothing: each is filtered as if it stood alone", () => {
    const piece = (member: string, text: string): ChatCompletionChunk =>
      member === "arguments"
        ? {
            choices: [
              { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: text } }] }, finish_reason: null },
            ],
          }
        : { choices: [{ index: 0, delta: { [member]: text }, finish_reason: null }] };
    const texts = {
      content: "first jane.doe@example.com and DE89 3704 0044 0532 0130 00 end",
      reasoning_content: "think of bob.marked@example.org, yes",
      arguments: '{"to":"eve.marked@example.net","n":1}',
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.shuffledSubarray(Object.keys(texts), { minLength: 2 }),
        (size, kinds) => {
          const cuts = kinds.map((kind) => {
            const text = texts[kind as keyof typeof texts];
            return Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
              text.slice(at * size, (at + 1) * size),
            );
          });
          const turns = Math.max(...cuts.map((cut) => cut.length));
          const chunks = Array.from({ length: turns }, (_, turn) =>
            kinds.flatMap((kind, at) => (cuts[at]![turn] === undefined ? [] : [piece(kind, cuts[at]![turn])])),
          ).flat();
          const end = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
          const out = run([...chunks, end], MARKING);
          expect(out.at(-1)).toEqual(end);
          const given = textOf(out);
          for (const kind of kinds) {
            const lane = Object.keys(given).find((name) => new RegExp(`[/.]${kind}/`).test(name))!;
            expect(given[lane]).toBe(filtered(texts[kind as keyof typeof texts]));
          }
        },
      ),
    );
  });

  test("hides as much where one chunk has several choices", () => {
    const both = (first: JsonObject, second: JsonObject): ChatCompletionChunk => ({
      choices: [first, second].map((delta, index) => ({ index, delta, finish_reason: null })),
    });
    const chunks = [
      both({ content: "to jane.do" }, { reasoning_content: "of bob@exa" }),
      both({ reasoning_content: "well, " }, { content: "so, " }),
      both({ content: "e@example.com" }, { reasoning_content: "mple.org" }),
    ];
    expect(textOf(run(chunks, MARKING))).toMatchObject({
      "0/-/content/content": "to [EMAIL]",
      "1/-/reasoning_content/reasoning": "of [EMAIL]",
    });
  });

  test("lets the first chunk of another part wait for one chunk at most", () => {
    const thought = (text: string): ChatCompletionChunk => ({
      choices: [{ index: 0, delta: { reasoning_content: text }, finish_reason: null }],
    });
    const said = (text: string): ChatCompletionChunk => ({
      choices: [{ index: 0, delta: { content: text }, finish_reason: null }],
    });
    const stream = new FilteredStream("chat", SET, MARKING);
    expect(stream.push(thought("so then"))).toEqual([thought("so ")]);
    expect(stream.push(said("one, "))).toEqual([]);
    expect(stream.push(said("two, "))).toEqual([thought("then"), said("one, "), said("two, ")]);
    expect(stream.flush()).toEqual([]);
  });

  test("keeps the order of a text of which one chunk alone comes between two other parts", () => {
    const thought: ChatCompletionChunk = {
      choices: [{ index: 0, delta: { reasoning_content: "look it up" }, finish_reason: null }],
    };
    const said: ChatCompletionChunk = { choices: [{ index: 0, delta: { content: "= is" }, finish_reason: null }] };
    const call = { index: 0, id: "call_1", type: "function", function: { name: "read", arguments: "{}" } };
    const called: ChatCompletionChunk = { choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] };
    const ends = (delta: JsonObject): ChatCompletionChunk => ({
      choices: [{ index: 0, delta, finish_reason: "tool_calls" }],
    });
    for (const [last, content] of [
      [ends({}), "= is"],
      [ends({ content: "" }), "= is"],
      [ends({ content: " so, bob@example.org" }), "= is so, [EMAIL]"],
    ] as const) {
      const out = run([thought, said, called, last], MARKING);
      const texts = textOf(out);
      const found = (kind: string) => texts[Object.keys(texts).find((lane) => lane.includes(`/${kind}/`))!];
      expect([found("reasoning_content"), found("content"), skeleton(out).calls]).toEqual([
        "look it up",
        content,
        [["call_1", "read"]],
      ]);
    }
  });

  test("lets no blank piece of a tool call overtake the chunk that names the call", () => {
    const called = (call: object): ChatCompletionChunk => ({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: null }],
    });
    const said: ChatCompletionChunk = { choices: [{ index: 0, delta: { content: "looking" }, finish_reason: null }] };
    const first = called({ id: "call_1", type: "function", function: { name: "read", arguments: "" } });
    const blank = called({ function: { arguments: "" } });
    const given = called({ function: { arguments: '{"a":1}' } });
    expect(run([said, first, blank, blank, given], MARKING)).toEqual([said, first, given]);
    expect(run([first, blank, given], MARKING)).toEqual([first, blank, given]);
  });

  test("nor where every chunk counts usage, which waits for the call as well, though not for ever", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const called = (call: object): ChatCompletionChunk => ({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: null }],
      usage,
    });
    const said: ChatCompletionChunk = { choices: [{ index: 0, delta: { content: "looking" }, finish_reason: null }] };
    const first = called({ id: "call_1", type: "function", function: { name: "read", arguments: "" } });
    const blank = called({ function: { arguments: "" } });
    const given = called({ function: { arguments: '{"a":1}' } });
    expect(run([said, first, blank, blank, given], MARKING)).toEqual([said, first, blank, blank, given]);
    const stream = new FilteredStream("chat", SET, MARKING);
    for (const chunk of [said, first]) stream.push(chunk);
    const early = Array.from({ length: 100 }, () => stream.push(blank)).flat();
    expect(early.length).toBeGreaterThan(30);
    expect([...early, ...stream.flush()]).toHaveLength(102);
  });

  test("holds calls that are written side by side apart", () => {
    const args = (index: number, fragment: string): ChatCompletionChunk => ({
      choices: [
        { index: 0, delta: { tool_calls: [{ index, function: { arguments: fragment } }] }, finish_reason: null },
      ],
    });
    const out = run(
      [args(0, '{"a":"bob@ex'), args(1, '{"b":"eve@ex'), args(0, 'ample.org"}'), args(1, 'ample.org"}')],
      MARKING,
    );
    const lanes = textOf(out);
    expect(lanes["0/0/function.arguments/arguments"]).toBe('{"a":"[EMAIL]"}');
    expect(lanes["0/1/function.arguments/arguments"]).toBe('{"b":"[EMAIL]"}');
  });

  test("keeps the first role and drops what it emptied, also where every chunk repeats the role", () => {
    const spoken = (content: string): ChatCompletionChunk => ({
      choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }],
    });
    expect(run([spoken("He"), spoken("ll"), spoken("o "), spoken("you ")], MARKING)).toEqual([
      spoken(""),
      spoken("Hello "),
      // held to the end: it might have gone on as an address that is spelled out
      { choices: [{ index: 0, delta: { content: "you " }, finish_reason: null }] },
    ]);
  });

  test("passes whole what does not grow: names, ids, members of the vendor's own", () => {
    const chunk = {
      provider: "Somebody",
      choices: [
        {
          index: 0,
          delta: { tool_calls: [{ index: 0, id: "x", function: { name: "lookup" } }], phase: "final" },
          finish_reason: null,
        },
      ],
    };
    expect(run([chunk], MARKING)).toEqual([chunk]);
  });

  test("takes what is no choice, and an index that is no number, as they come", () => {
    const odd = (content: string, choices: readonly unknown[] = []) =>
      ({ choices: [...choices, { index: "0", delta: { content }, finish_reason: null }] }) as ChatCompletionChunk;
    const end = { choices: [{ index: "0", delta: {}, finish_reason: "stop" }] } as unknown as ChatCompletionChunk;
    const none = { choices: [null, 5, "x"] } as unknown as ChatCompletionChunk;
    expect(run([none], MARKING)).toEqual([none]);
    const out = run([odd("to bob@exa"), odd("mple.org"), end], MARKING);
    expect(out.at(-1)).toEqual(end);
    expect(
      choicesOf(out)
        .map((choice) => choice.delta?.["content"] ?? "")
        .join(""),
    ).toBe("to [EMAIL]");
    // emptied, beside what is no choice at all
    expect(run([odd("bob@exa", [null]), odd("mple.org", [null])], MARKING)).toHaveLength(1);
  });

  test("refuses a stream of more texts side by side than can be kept", () => {
    const many = Array.from({ length: 1_100 }, (_, index) => delta("x", index));
    expect(() => run(many, MARKING)).toThrow(/more than 1024 texts/);
  });

  test("reads legacy completions", () => {
    const said = (text: string, finish: string | null = null) => ({
      choices: [{ index: 0, text, finish_reason: finish }],
    });
    const out = run([said("bob@exa"), said("mple.org"), said("", "stop")], MARKING, "completions");
    expect(out).toEqual([said("[EMAIL]"), said("", "stop")]);
  });
});
