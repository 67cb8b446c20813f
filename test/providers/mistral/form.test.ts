import { expect, test } from "bun:test";
import { completeForMistral, mistralAnswer, mistralChunk } from "../../../src/providers/index.ts";
import { chat, choice, chunk, delta, parsed } from "../../support/codec.ts";

const REFERENCE = { type: "reference", reference_ids: [1] };
const THOUGHT = { type: "thinking", thinking: [{ type: "text", text: "hm" }] };

test.each<[object, object]>([
  [{ content: "", reasoning_content: "hm" }, { content: [THOUGHT] }],
  [{ reasoning_content: "hm", content: "so" }, { content: [THOUGHT, { type: "text", text: "so" }] }],
  [
    { role: "assistant", content: "see", content_parts: [REFERENCE] },
    { role: "assistant", content: [{ type: "text", text: "see" }, REFERENCE] },
  ],
  [
    { content: null, reasoning_content: "hm", tool_calls: [{ id: "a" }] },
    { content: [THOUGHT], tool_calls: [{ id: "a" }] },
  ],
])("what policies have read goes back into the content: %j", (read, given) => {
  const plain = delta({ content: "x" }, { index: 1 });
  expect(mistralChunk(chunk(delta(read), plain))).toEqual(chunk(delta(given), plain));
  const answer = chat(choice(read), choice({ content: "x" }));
  expect(JSON.parse(mistralAnswer(parsed(answer)))).toEqual(chat(choice(given), choice({ content: "x" })));
});

test("what needs no place of its own stays as it is, every byte of it", () => {
  for (const given of [{ content: "x" }, { content: null, tool_calls: [] }, { reasoning_content: "", content: "x" }]) {
    const same = chunk(delta(given));
    expect(mistralChunk(same)).toBe(same);
    const source = JSON.stringify(chat(choice(given)), null, 1);
    expect(mistralAnswer(parsed(source))).toBe(source);
  }
  const big = '{"seed":12345678901234567890,"choices":[{"message":{"reasoning_content":"hm", "content":"so"}}]}';
  expect(mistralAnswer(parsed(big))).toBe(
    `{"seed":12345678901234567890,"choices":[{"message":{"content":${JSON.stringify([THOUGHT, { type: "text", text: "so" }])}}}]}`,
  );
});

test("an answer that lacks nothing stays as it is, and what lacks is put behind it", () => {
  const facts = { id: "i", created: 9, model: "m", usage: () => ({ total_tokens: 1 }) };
  const whole =
    '{ "id":"a","object":"o","created":1 ,"model":"n","choices":[ ],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}';
  expect(completeForMistral(parsed(whole), facts)).toBe(whole);
  expect(completeForMistral(parsed('{"data":[]}'), facts)).toBe('{"data":[]}');
  const open = whole.replace("[ ]", '[{"index":0,"finish_reason":null},{"index":1}]');
  expect(completeForMistral(parsed(open), facts)).toBe(
    whole.replace("[ ]", '[{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":"stop"}]'),
  );
  expect(completeForMistral(parsed('{"big":12345678901234567890,"id":null,"choices":[]}'), facts)).toBe(
    '{"big":12345678901234567890,"id":"i","choices":[],"object":"chat.completion","created":9,"model":"m","usage":{"total_tokens":1}}',
  );
});
