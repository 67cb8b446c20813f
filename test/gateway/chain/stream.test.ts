import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createChain } from "../../../src/gateway/chain/chain.ts";
import type { AnswerResult, ChainPolicy, ChainRun, ComposedTransform } from "../../../src/gateway/chain/chain-api.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { Policy, StreamTransform } from "../../../src/policies/policy.ts";
import type { ChatCompletionChunk } from "../../../src/schema/chat.ts";
import { parsed } from "../../support/codec.ts";
import { contextFor, delta, enforced, MARK, monitored, optionsFor, redactor, textOf, WORD } from "./policies.ts";

const streaming = (transform: Partial<StreamTransform>): Policy => ({
  stream: () => ({ push: (chunk) => [chunk], flush: () => [], ...transform }),
});

function opened(...policies: readonly ChainPolicy[]): { readonly run: ChainRun; readonly stream: ComposedTransform } {
  const run = createChain(optionsFor(policies)).start(contextFor());
  return { run, stream: run.openStream()! };
}

function opening(options: Parameters<typeof optionsFor>): {
  readonly run: ChainRun;
  readonly stream: ComposedTransform;
} {
  const run = createChain(optionsFor(...options)).start(contextFor());
  return { run, stream: run.openStream()! };
}

/** Everything a stream lets out. */
function through(stream: ComposedTransform, chunks: readonly ChatCompletionChunk[]): readonly ChatCompletionChunk[] {
  return [...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.flush()];
}

/** Cuts a text at the given places. */
function pieces(text: string, cuts: readonly number[]): readonly string[] {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

/** Upper-cases all text. */
const shouting: Policy = {
  response: (_parsed, places) => ({
    action: "redact",
    reasonCode: "test.shout",
    edits: places.map((place) => ({ place, start: 0, end: place.text.length, text: place.text.toUpperCase() })),
  }),
  stream: () => ({
    push: (chunk) => [
      {
        ...chunk,
        choices: (chunk.choices ?? []).map((choice) => ({
          ...choice,
          delta: { content: String(choice.delta?.["content"]).toUpperCase() },
        })),
      },
    ],
    flush: () => [],
  }),
};

describe("composed transforms", () => {
  test("give, for every way of cutting a text, what the whole-answer path gives", () => {
    const word = fc.constantFrom(WORD, "sec", "ret", "s", "é", "😀", " ", "secre", "tsecret");
    const texts = fc.array(
      fc.array(word, { maxLength: 8 }).map((words) => words.join("")),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.nat(60), { maxLength: 40 }),
        fc.array(fc.nat(2), { maxLength: 60 }),
        (all, cuts, order) => {
          const policies = [enforced("r", redactor), enforced("s", shouting)];
          const whole = createChain(optionsFor(policies)).start(contextFor());
          const body = parsed({ choices: all.map((content, index) => ({ index, message: { content } })) });
          const { parsed: judged } = whole.answer(body) as AnswerResult;
          const judgedChoices = judged.value["choices"] as readonly {
            readonly message: { readonly content: string };
          }[];
          const expected = judgedChoices.map(({ message }) => message.content);

          const queues = all.map((text) => [...pieces(text, cuts)]);
          const chunks: ChatCompletionChunk[] = [];
          for (const pick of [...order, ...queues.flatMap((queue, index) => queue.map(() => index))]) {
            const piece = queues[pick]?.shift();
            if (piece !== undefined) chunks.push({ id: "c", choices: [{ index: pick, delta: { content: piece } }] });
          }
          const out = textOf(through(opened(...policies).stream, chunks));
          expect(all.map((_, index) => out[`${index}/-/content/content`] ?? "")).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("feed each other in list order, and the flush of one runs through those behind it", () => {
    const { stream, run } = opened(enforced("r", redactor), enforced("s", shouting));
    expect(textOf(stream.push(delta("a sec")))).toEqual({ "0/-/content/content": "A " });
    expect(textOf(stream.flush())).toEqual({ "0/-/content/content": "SEC" });
    expect(run.header()).toBe("r=allow, s=allow");
    const other = opened(enforced("s", shouting), enforced("r", redactor)).stream;
    expect(textOf(through(other, [delta(WORD)]))).toEqual({ "0/-/content/content": WORD.toUpperCase() });
  });

  test("hand on the same object where no policy changed it, whatever is in it", () => {
    const { stream } = opened(enforced("r", redactor), enforced("a", streaming({})));
    const chunk = {
      ...delta("plain, "),
      usage: null,
      x_unknown: [1],
      choices: [{ ...delta("plain, ").choices![0]!, logprobs: { content: [{ token: "plain" }] } }],
    };
    expect(stream.push(chunk)[0]).toBe(chunk);
    const usage = { choices: [], usage: { total_tokens: 3 } };
    expect(stream.push(usage)).toEqual([usage]);
    expect(stream.push(usage)[0]).toBe(usage);
  });

  test("drop the token lists of every chunk they change", () => {
    const { stream } = opened(enforced("r", redactor));
    const logprobs = { content: [{ token: WORD }] };
    const out = stream.push(delta(`${WORD}!`, { logprobs }));
    expect(out).toEqual([
      { id: "c", choices: [{ index: 0, delta: { content: `${MARK}!` }, finish_reason: null, logprobs: null }] },
    ]);
  });

  test("may hold chunks back and let several go at once", () => {
    const held: ChatCompletionChunk[] = [];
    const pairing = streaming({
      push: (chunk) => (held.push(chunk) % 2 === 0 ? held.splice(0) : []),
      flush: () => held.splice(0),
    });
    const { stream } = opened(enforced("p", pairing), enforced("r", redactor));
    const [a, b, c] = [delta("a"), delta("b"), delta("c", { logprobs: { content: [] } })];
    expect(stream.push(a)).toEqual([]);
    expect(stream.push(b)).toEqual([a, b]);
    expect(stream.push(c)).toEqual([]);
    expect(stream.flush()[0]).toBe(c);
  });

  test("record what each of them says of the whole stream, at its end however it ends", () => {
    const { run, stream } = opened(enforced("r", redactor), monitored("m", redactor));
    expect(run.records).toMatchObject([
      { policy: "r", phase: "output", verdict: "allow" },
      { policy: "m", verdict: "allow" },
    ]);
    stream.push(delta(`${WORD} ${WORD} `));
    stream.close();
    stream.close();
    expect(run.records).toMatchObject([
      { verdict: "redact", reason_code: "test.redacted", findings: 2, mode: "enforce" },
      // the first one's work leaves nothing for the second
      { verdict: "allow", findings: 0, mode: "monitor" },
    ]);
    expect(run.header()).toBe("r=redact;2, m=allow;monitor");
    expect(stream.push(delta("x"))).toEqual([]);
    expect(stream.flush()).toEqual([]);
  });
});

test("opening another stream takes back what the one before recorded", () => {
  const policies = [enforced("r", redactor), enforced("s", shouting)];
  const run = createChain(optionsFor(policies)).start(contextFor());
  const first = run.openStream()!;
  first.push(delta(`${WORD} `));
  const second = run.openStream()!;
  expect(first.push(delta("late"))).toEqual([]);
  expect(textOf(through(second, [delta("fine")]))).toEqual({ "0/-/content/content": "FINE" });
  expect(run.header()).toBe("r=allow, s=allow");
  expect(run.records).toHaveLength(2);
});

test("a stream that is opened beside another leaves it alone, and whichever is discarded takes its records back", () => {
  const policies = [enforced("r", redactor), enforced("s", shouting)];
  for (const wins of [0, 1]) {
    const run = createChain(optionsFor(policies)).start(contextFor());
    const streams = [run.openStream()!, run.openStream(true)!];
    expect(run.records).toHaveLength(4);
    const [winner, loser] = wins === 0 ? streams : streams.toReversed();
    loser!.push(delta(`${WORD} `));
    loser!.discard();
    loser!.discard();
    expect(loser!.push(delta("late"))).toEqual([]);
    expect(textOf(through(winner!, [delta("fine")]))).toEqual({ "0/-/content/content": "FINE" });
    expect([run.header(), run.records.length]).toEqual(["r=allow, s=allow", 2]);
  }
});

describe("a transform that only watches", () => {
  test("sees the stream, and what it gives is dropped", () => {
    const { run, stream } = opened(monitored("r", redactor));
    const chunks = [delta("se"), delta("cret "), delta("sec")];
    const out = through(stream, chunks);
    expect(out).toHaveLength(3);
    for (const [index, chunk] of chunks.entries()) expect(out[index]).toBe(chunk);
    expect(run.records).toMatchObject([{ verdict: "redact", mode: "monitor", findings: 1 }]);
    expect(run.verdict()).toBe("allow");
  });

  test("stops nothing by blocking or failing", () => {
    const blocks = streaming({
      push: () => {
        throw new GatewayError("output_blocked", "no", { extra: { reason_code: "x.y" } });
      },
    });
    const fails = streaming({
      push: () => {
        throw new Error(WORD);
      },
    });
    const { run, stream } = opened(monitored("b", blocks), monitored("f", fails));
    const chunk = delta("a");
    expect(through(stream, [chunk, chunk])).toEqual([chunk, chunk]);
    expect(run.records).toMatchObject([
      { verdict: "block", mode: "monitor", reason_code: "x.y" },
      { verdict: "error" },
    ]);
    expect(run.degraded).toEqual(["policy_error:f"]);
  });
});

describe("a transform that ends the stream", () => {
  const refusing = streaming({
    push(chunk) {
      if (textOf([chunk])["0/-/content/content"] === "bad") {
        throw new GatewayError("output_blocked", "Answer blocked: bad", { extra: { reason_code: "test.bad" } });
      }
      return [chunk];
    },
    record: () => ({ verdict: "allow", reason_code: null, findings: 2, score: 0.5 }),
  });

  test("does so with its own error, its name and the status for blocks", () => {
    const { run, stream } = opened(enforced("r", redactor), enforced("b", refusing));
    expect(stream.push(delta("good "))).toHaveLength(1);
    let error: unknown;
    try {
      stream.push(delta("bad"));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: "output_blocked",
      status: 409,
      details: { extra: { policy: "b", reason_code: "test.bad" } },
    });
    expect(run.records).toMatchObject([
      { verdict: "allow" },
      { verdict: "block", reason_code: "test.bad", findings: 2, score: 0.5 },
    ]);
    expect(run.verdict()).toBe("block");
    expect(stream.push(delta("more"))).toEqual([]);
    expect(stream.flush()).toEqual([]);
  });

  test("can do so in its flush", () => {
    const atEnd = streaming({
      flush: () => {
        throw new GatewayError("output_blocked", "too short");
      },
    });
    const { stream } = opened(enforced("q", atEnd));
    stream.push(delta("a"));
    expect(() => stream.flush()).toThrow("too short");
  });
});

describe("a transform that fails", () => {
  const failsAt = (count: number): Policy => {
    return {
      stream: () => {
        let pushed = 0;
        const held: ChatCompletionChunk[] = [];
        return {
          push(chunk) {
            if (++pushed === count) throw new TypeError(WORD);
            held.push(chunk);
            return pushed === 1 ? [] : held.splice(0);
          },
          flush: () => held.splice(0),
        };
      },
    };
  };

  test("ends the stream with policy_error in fail mode block", () => {
    const { run, stream } = opened(enforced("f", failsAt(3)), enforced("r", redactor));
    expect(stream.push(delta("a"))).toEqual([]);
    expect(stream.push(delta("b"))).toHaveLength(2);
    expect(() => stream.push(delta("c"))).toThrow('The policy "f" failed');
    expect(run.records).toMatchObject([{ verdict: "error", reason_code: "policy.error" }, { verdict: "allow" }]);
    expect(run.degraded).toEqual([]);
  });

  test("is passed over in fail mode allow: what it held comes out, and the others go on", () => {
    const { run, stream } = opening([[enforced("f", failsAt(2)), enforced("r", redactor)], { failMode: "allow" }]);
    const out = through(stream, [delta("a "), delta(`b ${WORD} `), delta("c")]);
    expect(textOf(out)).toEqual({ "0/-/content/content": `a b ${MARK} c` });
    expect(run.degraded).toEqual(["policy_error:f"]);
    expect(run.records[0]).toMatchObject({ verdict: "error" });
  });

  test("obeys the fail mode where it cannot even be made, or cannot say what it found", () => {
    const unmade: Policy = {
      stream: () => {
        throw new Error(WORD);
      },
    };
    const strict = createChain(optionsFor([enforced("u", unmade)])).start(contextFor());
    expect(() => strict.openStream()).toThrow('The policy "u" failed');
    const { run, stream } = opening([[enforced("u", unmade)], { failMode: "allow" }]);
    const chunk = delta("a");
    expect(stream.push(chunk)[0]).toBe(chunk);
    expect(run.degraded).toEqual(["policy_error:u"]);

    const mute = opened(
      enforced(
        "m",
        streaming({
          record: () => {
            throw new Error(WORD);
          },
        }),
      ),
    );
    mute.stream.close();
    expect(mute.run.records).toMatchObject([{ verdict: "error", reason_code: "policy.error" }]);
  });
});

test("a chain without stream policies opens no stream", () => {
  const run = createChain(optionsFor([enforced("a", { response: () => ({ action: "allow" }) })])).start(contextFor());
  expect(run.openStream()).toBeNull();
  expect(
    createChain(optionsFor([enforced("r", redactor, ["input"])]))
      .start(contextFor())
      .openStream(),
  ).toBeNull();
});
