import { answerTo, errorAnswer, event, streamEvents, wholeAnswer } from "./answers.ts";
import type { Script, Wire } from "./upstream.ts";

/** One way in which an upstream goes wrong. */
export interface Fault {
  readonly name: string;
  /** What it does, for people. */
  readonly what: string;
  /** Nobody listens at all; there is no script then. */
  readonly refuses?: true;
  /** How it answers, and what a good answer would have been. Made anew for every drill. */
  readonly script?: (models: readonly string[]) => Script;
}

/** Words of an answer that are sent before it goes wrong. */
const WORDS_BEFORE = 6;
/** How long a short 429 lasts, and what a long one asks for. */
const SHORT_MS = 1_000;
const LONG_SECONDS = 3_600;
/** How a slow upstream answers: a whole answer after, a first word after, and each further word after. */
const SLOW = { wholeMs: 20_000, firstMs: 5_000, wordMs: 1_000 };

const isStream = ({ request }: Wire): boolean => request["stream"] === true;
const never = new Promise<never>(() => {});

/** A target that does what it should. */
export const healthy = (models: readonly string[]): Script => {
  return async (wire) => {
    const text = answerTo(wire.request, models);
    if (!isStream(wire)) return wire.whole(wholeAnswer(wire.request, text));
    await wire.begin();
    await wire.send(...streamEvents(wire.request, text));
    wire.end();
  };
};

/** Fails with a status, in JSON. */
const failing = (status: number, message: string, headers = ""): Script => {
  return (wire) => wire.whole(errorAnswer(message), { status, headers });
};

/** Begins a good answer, and goes on with it as `then` does. */
const breaking = (then: {
  plain: (wire: Wire, body: string) => Promise<void>;
  stream: (wire: Wire) => Promise<void>;
}) => {
  return (models: readonly string[]): Script =>
    async (wire) => {
      const text = answerTo(wire.request, models);
      if (!isStream(wire)) return then.plain(wire, wholeAnswer(wire.request, text));
      await wire.begin();
      await wire.send(...streamEvents(wire.request, text).slice(0, 1 + WORDS_BEFORE));
      // time passes only when the client has all of that
      await wire.wait(1);
      await then.stream(wire);
    };
};

const half = (wire: Wire, body: string): Promise<void> => wire.whole(body, { upTo: Math.floor(body.length / 2) });
const OVERLOADED = errorAnswer("The model is overloaded");

const shortLimit = (models: readonly string[]): Script => {
  let overMs: number | null = null;
  return (wire) => {
    overMs ??= wire.nowMs + SHORT_MS;
    if (wire.nowMs >= overMs) return healthy(models)(wire);
    return failing(429, "Too many requests", `retry-after: ${SHORT_MS / 1000}\r\n`)(wire);
  };
};

const slow = (models: readonly string[]): Script => {
  return async (wire) => {
    const text = answerTo(wire.request, models);
    if (!isStream(wire)) {
      await wire.wait(SLOW.wholeMs);
      return wire.whole(wholeAnswer(wire.request, text));
    }
    await wire.begin();
    const [first = "", ...events] = streamEvents(wire.request, text);
    await wire.wait(SLOW.firstMs);
    await wire.send(first);
    for (const each of events) {
      await wire.send(each);
      await wire.wait(SLOW.wordMs);
    }
    wire.end();
  };
};

/** Every way an upstream goes wrong in a drill, in the order of the scorecard. */
export const FAULTS: readonly Fault[] = [
  { name: "refused", what: "is not there: nobody listens", refuses: true },
  { name: "reset", what: "resets the connection before an answer", script: () => (wire) => wire.cut("reset") },
  { name: "silent", what: "takes the request and never answers", script: () => () => never },
  { name: "500", what: "answers 500", script: () => failing(500, "Internal server error") },
  { name: "503", what: "answers 503", script: () => failing(503, "Service unavailable") },
  { name: "429-short", what: `answers 429 with Retry-After: ${SHORT_MS / 1000}, and is well then`, script: shortLimit },
  {
    name: "429-long",
    what: `answers 429 with Retry-After: ${LONG_SECONDS}`,
    script: () => failing(429, "Too many requests", `retry-after: ${LONG_SECONDS}\r\n`),
  },
  {
    name: "stall",
    what: "says nothing more in the middle of its answer",
    script: breaking({
      async plain(wire, body) {
        await half(wire, body);
        await never;
      },
      stream: () => never,
    }),
  },
  {
    name: "cut",
    what: "breaks the connection in the middle of its answer",
    script: breaking({
      async plain(wire, body) {
        await half(wire, body);
        await wire.cut();
      },
      stream: (wire) => wire.cut(),
    }),
  },
  {
    name: "error-event",
    what: "sends an error in the middle of its stream, or in place of an answer with status 200",
    script: breaking({
      plain: (wire) => wire.whole(OVERLOADED),
      async stream(wire) {
        await wire.send(event(OVERLOADED));
        wire.end();
      },
    }),
  },
  {
    name: "malformed-chunk",
    what: "sends an event, or an answer, that is no JSON",
    script: breaking({
      plain: (wire, body) => wire.whole(body.slice(0, body.length / 2)),
      async stream(wire) {
        await wire.send(event('{"id":"chatcmpl-drill","choices":[{"index":0,"delta":{"content":" seven'));
        await wire.send(event("[DONE]"));
        wire.end();
      },
    }),
  },
  {
    name: "slow",
    what: `answers after ${SLOW.wholeMs / 1000} s; streams the first word after ${SLOW.firstMs / 1000} s, then one a second`,
    script: slow,
  },
];
