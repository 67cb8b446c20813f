import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../../src/lib/json/json.ts";
import { toolGate } from "../../../src/policies/tools/tool-gate.ts";
import type { ToolCall } from "../../../src/policies/tools/tool-uses.ts";
import type { ChatCompletionChunk } from "../../../src/schema/chat.ts";
import { assembled, chunk } from "../asking.ts";

/** A gate that lets everything pass, and what it was asked. */
function watching(whole: boolean) {
  const named: string[] = [];
  const complete: ToolCall[] = [];
  const faults: string[] = [];
  const gate = toolGate({
    named: (name) => void named.push(name),
    ...(whole ? { complete: (call: ToolCall) => void complete.push(call) } : {}),
    malformed(why) {
      faults.push(why);
      throw new RangeError(why);
    },
  });
  return { gate, named, complete, faults };
}

const piece = (index: number, fn: JsonObject, id?: string): JsonObject => ({
  tool_calls: [{ index, ...(id === undefined ? {} : { id, type: "function" }), function: fn }],
});

const all = (gate: ReturnType<typeof toolGate>, chunks: readonly ChatCompletionChunk[]) => [
  ...chunks.flatMap((each) => gate.push(each)),
  ...gate.flush(),
];

/** Calls of several choices, cut into pieces, interleaved with text. */
const stream = fc
  .array(
    fc.record({
      choice: fc.nat(1),
      name: fc.stringMatching(/^[a-z_]{1,12}$/),
      input: fc.json({ maxDepth: 1 }),
      text: fc.string({ maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .chain((calls) => fc.tuple(fc.constant(calls), fc.array(fc.nat(6), { minLength: 40, maxLength: 40 })));

type Calls = readonly {
  readonly choice: number;
  readonly name: string;
  readonly input: string;
  readonly text: string;
}[];

function cut(text: string, sizes: readonly number[], at: number): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0, turn = at; from < text.length; turn++) {
    const size = sizes[turn % sizes.length]! + 1;
    pieces.push(text.slice(from, from + size));
    from += size;
  }
  return pieces;
}

function chunksOf(calls: Calls, sizes: readonly number[]): ChatCompletionChunk[] {
  const chunks: ChatCompletionChunk[] = [];
  const next = [0, 0];
  for (const [at, { choice, name, input, text }] of calls.entries()) {
    if (text !== "") chunks.push(chunk({ content: text }, null, choice));
    const index = next[choice]!++;
    for (const [part, text] of cut(name, sizes, at).entries()) {
      chunks.push(chunk(piece(index, { name: text, arguments: "" }, part === 0 ? `id${at}` : undefined), null, choice));
    }
    for (const part of cut(input, sizes, at + 7)) chunks.push(chunk(piece(index, { arguments: part }), null, choice));
  }
  for (const choice of [0, 1]) if (next[choice]! > 0) chunks.push(chunk({}, "tool_calls", choice));
  return chunks;
}

describe("the gate for tool calls of a stream", () => {
  test.each([true, false])(
    "gives the client the same and hears the same however calls are cut (whole: %j)",
    (whole) => {
      fc.assert(
        fc.property(stream, ([calls, sizes]) => {
          const cutUp = watching(whole);
          const inOne = watching(whole);
          const chunks = chunksOf(calls, sizes);
          const uncut = chunksOf(calls, [10_000]);
          const out = all(cutUp.gate, chunks);
          expect(assembled(out)).toEqual(assembled(chunks));
          expect(assembled(out)).toEqual(assembled(all(inOne.gate, uncut)));
          expect(cutUp.named.toSorted()).toEqual(calls.map(({ name }) => name).toSorted());
          expect(cutUp.named).toEqual(inOne.named);
          expect(cutUp.complete).toEqual(inOne.complete);
          expect(cutUp.complete).toHaveLength(whole ? calls.length : 0);
        }),
      );
    },
  );

  test("frees each of the calls that one chunk holds once", () => {
    const call = (index: number, fn: JsonObject, id?: string) =>
      (piece(index, fn, id)["tool_calls"] as JsonObject[])[0]!;
    const { gate, named } = watching(true);
    const out = all(gate, [
      chunk({
        content: "a",
        tool_calls: [call(0, { name: "f", arguments: '{"x":' }, "c0"), call(1, { name: "g", arguments: "{" }, "c1")],
      }),
      chunk({ tool_calls: [call(0, { arguments: "1}" }), call(1, { arguments: "}" })] }, "tool_calls"),
    ]);
    expect(named).toEqual(["f", "g"]);
    expect(assembled(out)).toEqual({
      calls: { "0/0": { id: "c0", name: "f", input: '{"x":1}' }, "0/1": { id: "c1", name: "g", input: "{}" } },
      text: { 0: "a" },
      finished: { 0: "tool_calls" },
    });
  });

  test("lets nothing of a call leave before its name is judged", () => {
    const { gate, named } = watching(false);
    expect(gate.push(chunk(piece(0, { name: "ru", arguments: "" }, "x")))).toEqual([]);
    expect(gate.push(chunk(piece(0, { name: "n", arguments: "" })))).toEqual([]);
    expect(named).toEqual([]);
    expect(gate.push(chunk(piece(0, { arguments: "{}" })))).toHaveLength(3);
    expect(named).toEqual(["run"]);
  });

  test("holds a call to its end where its arguments matter, and text passes meanwhile", () => {
    const { gate, complete } = watching(true);
    expect(gate.push(chunk(piece(0, { name: "run", arguments: "{" }, "x")))).toEqual([]);
    expect(gate.push(chunk({ role: "assistant", content: "hm" }))).toHaveLength(1);
    expect(gate.push(chunk(piece(0, { arguments: "}" })))).toEqual([]);
    const out = gate.push(chunk({}, "tool_calls"));
    expect(complete).toEqual([{ name: "run", input: "{}" }]);
    expect(assembled(out)).toMatchObject({
      calls: { "0/0": { name: "run", input: "{}" } },
      finished: { 0: "tool_calls" },
    });
  });

  test.each([
    ["text", chunk({ content: "hi" })],
    ["a whole call in one piece", chunk(piece(0, { name: "a", arguments: "{}" }, "x"))],
    ["a chunk without choices", { choices: [], usage: {} } as ChatCompletionChunk],
    ["a chunk of another kind", { object: "x" } as ChatCompletionChunk],
    ["choices of another kind", { choices: [null, 3] } as unknown as ChatCompletionChunk],
    ["calls of another kind", chunk({ tool_calls: [null, 3, "x"] })],
  ])("passes %s as the same object", (_what, given) => {
    const out = watching(false).gate.push(given);
    expect(out).toHaveLength(1);
    expect(out[0]).toBe(given);
  });

  test("knows the legacy form, custom tools, whole messages, and arguments that are no text", () => {
    const { gate, named, complete } = watching(true);
    const custom = { tool_calls: [{ index: 0, id: "x", type: "custom", custom: { name: "sql", input: "select" } }] };
    all(gate, [
      chunk({ function_call: { name: "old", arguments: "" } }),
      chunk({ function_call: { arguments: "{}" } }),
      chunk(custom, null, 1),
      { choices: [{ index: 2, message: { tool_calls: [{ function: { name: "late", arguments: {} } }] } }] },
      chunk(piece(0, { name: "mistral", arguments: { a: 1 } }, "y"), "tool_calls", 3),
    ]);
    expect(named).toEqual(["old", "sql", "late", "mistral"]);
    expect(complete).toEqual([
      { name: "late", input: {} },
      { name: "mistral", input: '{"a":1}' },
      { name: "old", input: "{}" },
      { name: "sql", input: "select" },
    ]);
  });

  test.each([
    ["a name that goes on", [piece(0, { name: "a", arguments: "{" }, "x"), piece(0, { name: "b" })]],
    ["a name without an end", [piece(0, { name: "a".repeat(513) }, "x")]],
    ["two tools in one", [{ tool_calls: [{ index: 0, function: { name: "a" }, custom: { name: "b" } }] }]],
    ["calls without an end", Array.from({ length: 1_025 }, (_, at) => piece(at, { name: "a", arguments: "{}" }))],
  ])("refuses %s", (_what, deltas) => {
    const { gate, faults } = watching(false);
    expect(() =>
      all(
        gate,
        deltas.map((delta) => chunk(delta)),
      ),
    ).toThrow(RangeError);
    expect(faults).toHaveLength(1);
  });

  test("refuses arguments without an end", () => {
    const { gate, faults } = watching(true);
    const long = "x".repeat(1_000_000);
    const pushed = () => Array.from({ length: 5 }, () => gate.push(chunk(piece(0, { name: "", arguments: long }))));
    expect(pushed).toThrow(RangeError);
    expect(faults).toHaveLength(1);
  });
});
