import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CommittedStream, choicesOfAnswer, committedText } from "../../src/carbon/commitment.ts";

describe("what is committed to", () => {
  test("is each choice's content, then its calls' names and arguments, each with a zero byte", () => {
    const call = { id: "1", function: { name: "f", arguments: '{"a":1}' } };
    const choices = [
      { index: 1, message: { content: "two", tool_calls: [call] } },
      { index: 0, message: { content: "one" } },
    ];
    expect(committedText(choicesOfAnswer({ choices }))).toBe('one\0two\0f\0{"a":1}\0');
    expect(committedText(choicesOfAnswer({ choices: [{ text: "legacy" }] }))).toBe("legacy\0");
    expect(committedText(choicesOfAnswer({ data: [] }))).toBe("");
    expect(
      committedText(choicesOfAnswer({ choices: [{ message: { content: [{ text: "a" }, { text: "b" }] } }] })),
    ).toBe("ab\0");
  });

  test("is the same for a stream, wherever it is cut", () => {
    const choice = fc.record({
      content: fc.string({ unit: "grapheme" }),
      toolCalls: fc.array(fc.record({ name: fc.string({ minLength: 1 }), arguments: fc.string() }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 5 }), (choices, size) => {
        const whole = choices.map(({ content, toolCalls }, index) => ({
          index,
          message: { content, tool_calls: toolCalls.map((call) => ({ function: call })) },
        }));
        const stream = new CommittedStream();
        for (const [index, { content, toolCalls }] of choices.entries()) {
          stream.add({ choices: [{ index, delta: { role: "assistant", content: "" } }] });
          for (const piece of pieces(content, size)) stream.add({ choices: [{ index, delta: { content: piece } }] });
          for (const [place, call] of toolCalls.entries()) {
            const add = (made: object): void =>
              stream.add({ choices: [{ index, delta: { tool_calls: [{ index: place, function: made }] } }] });
            add({ name: call.name, arguments: "" });
            for (const piece of pieces(call.arguments, size)) add({ arguments: piece });
          }
          stream.add({ choices: [{ index, delta: {}, finish_reason: "stop" }] });
        }
        expect(committedText(stream.choices())).toBe(committedText(choicesOfAnswer({ choices: whole })));
      }),
    );
  });
});

function* pieces(whole: string, size: number): Generator<string> {
  for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size);
}
