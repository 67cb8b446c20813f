import { describe, expect, test } from "bun:test";
import { ToolDeltas } from "../../src/providers/_tool-deltas.ts";

const piece = (given: object, args: string, name?: string) => ({
  ...given,
  function: { ...(name === undefined ? {} : { name }), arguments: args },
});

/** Puts pieces together as the `openai` packages do: text is appended, whatever it is. */
function assemble(deltas: readonly (readonly unknown[])[]): Record<number, Record<string, string>> {
  const tools = new ToolDeltas("seed");
  const calls: Record<number, Record<string, string>> = {};
  for (const delta of deltas) {
    for (const one of tools.next(delta) as { index: number; id?: string; function: Record<string, string> }[]) {
      calls[one.index] ??= { id: "", name: "", arguments: "" };
      const call = calls[one.index]!;
      call["id"] += one.id ?? "";
      call["name"] += one.function["name"] ?? "";
      call["arguments"] += one.function["arguments"] ?? "";
    }
  }
  return calls;
}

describe("ToolDeltas", () => {
  test("leaves well-formed pieces alone", () => {
    const tools = new ToolDeltas("seed");
    const first = [piece({ index: 0, id: "a", type: "function" }, "", "f")];
    const second = [piece({ index: 0 }, "{}")];
    expect(tools.next(first)).toBe(first);
    expect(tools.next(second)).toBe(second);
  });

  test("takes repeated ids, types and names out of later pieces", () => {
    const calls = assemble([
      [piece({ index: 0, id: "a", type: "function" }, '{"x"', "f")],
      [piece({ index: 0, id: "a", type: "function" }, ":1", "")],
      [piece({ index: 0, id: "a", type: "function" }, "}", "f")],
      [piece({ index: 0, id: "null" }, "")],
    ]);
    expect(calls).toEqual({ 0: { id: "a", name: "f", arguments: '{"x":1}' } });
  });

  test("keeps a name that comes late", () => {
    const calls = assemble([
      [piece({ index: 0, id: "a", type: "function" }, "", "")],
      [piece({ index: 0 }, "{}", "f")],
    ]);
    expect(calls).toEqual({ 0: { id: "a", name: "f", arguments: "{}" } });
  });

  test("numbers pieces without an index by their ids", () => {
    const calls = assemble([
      [piece({ id: "a", type: "function" }, "{}", "f"), piece({ id: "b", type: "function" }, "{", "g")],
      [piece({}, "}")],
    ]);
    expect(calls).toEqual({ 0: { id: "a", name: "f", arguments: "{}" }, 1: { id: "b", name: "g", arguments: "{}" } });
  });

  test("a new id under an index that is taken is a further call", () => {
    const calls = assemble([
      [piece({ index: 0, id: "a", type: "function" }, "1", "f")],
      [piece({ index: 0, id: "b", type: "function" }, "2", "g")],
      [piece({ index: 0 }, "3")],
    ]);
    expect(calls).toEqual({ 0: { id: "a", name: "f", arguments: "1" }, 1: { id: "b", name: "g", arguments: "23" } });
  });

  test("a new id without a name goes on with the call: vLLM has given every piece another", () => {
    const calls = assemble([
      [piece({ index: 0, id: "a", type: "function" }, "", "f")],
      [piece({ index: 0, id: "b", type: "function" }, '{"x"')],
      [piece({ index: 0, id: "c", type: "function" }, ":1}", "")],
      [piece({ index: 1, id: "d", type: "function" }, "{}", "g")],
    ]);
    expect(calls).toEqual({
      0: { id: "a", name: "f", arguments: '{"x":1}' },
      1: { id: "d", name: "g", arguments: "{}" },
    });
  });

  test("gives a call without id one of its own, the same each time", () => {
    const deltas = [[piece({ index: 0 }, "{}", "f")], [piece({ index: 1 }, "{}", "g")]];
    const calls = assemble(deltas);
    expect(calls[0]!["id"]).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(calls[0]!["id"]).not.toBe(calls[1]!["id"]!);
    expect(assemble(deltas)).toEqual(calls);
  });

  test("writes arguments that came as an object as text", () => {
    const tools = new ToolDeltas("seed");
    const [next] = tools.next([{ index: 0, id: "a", type: "function", function: { name: "f", arguments: { x: 1 } } }]);
    expect(next).toEqual({ index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } });
  });

  test.each([[{ name: "f" }], [{ name: "f", arguments: null }]])(
    "gives a piece without arguments empty ones: %j",
    (fn) => {
      const tools = new ToolDeltas("seed");
      const [first] = tools.next([{ index: 0, id: "a", type: "function", function: fn }]);
      const [second] = tools.next([{ index: 0, function: { arguments: null } }]);
      const [third] = tools.next([{ index: 0, function: { arguments: "{}" } }]);
      expect([first, second, third]).toEqual([
        { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
        { index: 0, function: { arguments: "" } },
        { index: 0, function: { arguments: "{}" } },
      ]);
      const custom = { index: 1, id: "b", type: "custom", custom: { name: "g", input: "" } };
      expect(tools.next([custom])[0]).toBe(custom);
    },
  );

  test("knows the calls whose arguments never came, and tells of each once", () => {
    const tools = new ToolDeltas("seed");
    const call = (id: string, more: object) => ({ index: 0, id, type: "function", function: { name: "f", ...more } });
    tools.next([call("a", { arguments: "" }), { ...call("b", {}), index: 1 }, call("c", { arguments: "{}" })]);
    tools.next([{ index: 3, id: "d", type: "custom", custom: { name: "g", input: "" } }]);
    tools.next([call("e", { arguments: "" })]);
    tools.next([{ index: 1, function: { arguments: '{"x"' } }]);
    const empty = (index: number) => ({ index, function: { arguments: "{}" } });
    expect([tools.rest(), tools.rest()]).toEqual([[empty(0), empty(4)], []]);
  });

  test("lets what is no object pass", () => {
    const odd = [null, "x"];
    expect(new ToolDeltas("seed").next(odd)).toBe(odd);
  });
});
