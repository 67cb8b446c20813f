import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createChain } from "../../../src/gateway/chain/chain.ts";
import { KeptLogprobs } from "../../../src/gateway/chain/kept-logprobs.ts";
import type { ChatCompletionChunk, ChunkChoice } from "../../../src/schema/chat.ts";
import { choicesOf, contextFor, delta, enforced, MARK, optionsFor, redactor, WORD } from "./policies.ts";

const lists = (...tokens: readonly string[]) => ({ content: tokens.map((token) => ({ token, logprob: -1 })) });
const said = (index: number, text: string, logprobs: unknown = lists(text)): ChatCompletionChunk => ({
  choices: [{ index, delta: { content: text }, finish_reason: null, logprobs }],
});
const texts = (choices: readonly ChunkChoice[]) =>
  choices.map(({ delta }) => String(delta?.["content"] ?? "")).join("");
const tokensOf = (choices: readonly ChunkChoice[]): readonly string[] =>
  choices
    .flatMap((choice) => (choice["logprobs"] as ReturnType<typeof lists> | null)?.content ?? [])
    .map((x) => x.token);

/** Everything that leaves a chain which holds back what may become the word. */
function through(chunks: readonly ChatCompletionChunk[]): readonly ChunkChoice[] {
  const stream = createChain(optionsFor([enforced("r", redactor)]))
    .start(contextFor())
    .openStream()!;
  return choicesOf([...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.flush()]);
}

const PIECES = ["s", "sec", "secre", "t", "so ", "é", "😀", ", and "].filter((piece) => piece !== WORD);

describe("token lists of a stream that policies hold back", () => {
  test("leave with their text, each once and in order, where nothing was changed", () => {
    const stream = fc.array(fc.tuple(fc.nat(1), fc.constantFrom(...PIECES)), { maxLength: 30 });
    fc.assert(
      fc.property(stream, (pieces) => {
        const whole = (index: number) => pieces.filter(([at]) => at === index).map(([, text]) => text);
        fc.pre(![0, 1].some((index) => whole(index).join("").includes(WORD)));
        const out = through(pieces.map(([index, text]) => said(index, text)));
        for (const index of [0, 1]) {
          const own = out.filter((choice) => choice.index === index);
          expect(texts(own)).toBe(whole(index).join(""));
          expect(tokensOf(own)).toEqual(whole(index));
        }
      }),
    );
  });

  test("never say what was taken out", () => {
    const piece = fc.constantFrom(...PIECES, WORD, WORD.slice(0, 3), WORD.slice(3));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const out = through(pieces.map((text) => said(0, text)));
        expect(texts(out)).toBe(pieces.join("").replaceAll(WORD, MARK));
        let before = "";
        let read = 0;
        for (const choice of out) {
          before += texts([choice]);
          for (const token of tokensOf([choice])) {
            // each has a place of its own in what left: tokens on both sides of what was taken out may spell it together
            const at = before.indexOf(token, read);
            expect(at).not.toBe(-1);
            read = at + token.length;
          }
        }
      }),
    );
  });

  test("stay away from what a policy wrote, and from a chunk whose text is another", () => {
    expect(through([said(0, `${WORD}!`)]).map((choice) => choice["logprobs"])).toEqual([null]);
    // the list is ahead of its text
    expect(tokensOf(through([said(0, "a s", lists("a s", WORD)), said(0, "o")]))).toEqual(["o"]);
  });

  test.each([{ toString: null }, [{ toString: 1 }], null, 7])("are none where a token is %j", (token) => {
    const odd = { content: [{ token }] };
    expect(tokensOf(through([said(0, "a s", odd), said(0, "o")]))).toEqual(["o"]);
  });

  test("leave a chunk alone that holds none, and one that nobody touched", () => {
    const kept = new KeptLogprobs();
    const [plain, listed] = [delta("a"), said(0, "b")];
    kept.arrived(plain);
    expect(kept.isIdle).toBe(true);
    expect(kept.leaving(plain, false)).toBe(plain);
    kept.arrived(listed);
    expect(kept.isIdle).toBe(false);
    expect(kept.leaving(listed, true)).toBe(listed);
    expect(kept.leaving({ choices: [] }, false)).toEqual({ choices: [] });
    expect(kept.leaving({ usage: null }, false)).toEqual({ usage: null });
  });
});
