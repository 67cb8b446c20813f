import { type Static, Type } from "@sinclair/typebox";
import { type LanguageGuess, languageOf, languagesOfScript, loadLanguages } from "../detect/language.ts";
import type { RequestContext } from "../lib/context.ts";
import type { TextPlace } from "../lib/places/text-place.ts";
import { Closed, oneOf } from "../schema/shapes.ts";
import { endOfStream } from "./_blocked-answer.ts";
import { recordOf } from "./_reasons.ts";
import { ALLOW, everywhere, type PolicyModule, type StreamTransform, type Verdict } from "./policy.ts";
import { GrowingTexts, type TextSink } from "./texts/growing-texts.ts";
import { languageCode, unknownLanguage } from "./texts/languages.ts";

const Languages = (description: string) =>
  Type.Array(Type.String({ minLength: 2, maxLength: 40 }), { default: [], maxItems: 100, description });

const Options = Closed({
  allowed_languages: Languages("The only languages texts may be in (ISO 639-1); empty: any"),
  denied_languages: Languages("Languages texts must not be in (ISO 639-1)"),
  min_confidence: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.8,
    description: "A text whose language is less certain than this is let through: short ones hardly tell",
  }),
  apply_to: oneOf(["both", "input", "output"], { default: "both", description: "Which texts are looked at" }),
  action: oneOf(["block", "escalate", "log"], {
    default: "block",
    description: "What happens to a text in another language; log: it goes on, and the ledger says so",
  }),
});
type LanguageOptions = Static<typeof Options>;

const REASON = "language.not_allowed";

/**
 * Keeps what people and models say to the languages of a list. Messages of users are judged one by one and as a whole;
 * what applications, tools and schemas say is not. Answers are judged at some ends of sentences as they grow and at the end.
 */
export const languageValidator: PolicyModule<"language-validator", typeof Options> = {
  name: "language-validator",
  summary: "Lets requests and answers through in the languages it names",
  phases: ["input", "output"],
  options: Options,
  check({ allowed_languages, denied_languages }) {
    const denied = new Set(denied_languages.map(languageCode));
    const unknown = (key: string, list: readonly string[]) =>
      list.flatMap((written, at) =>
        languageCode(written) === null ? [{ path: [key, String(at)], message: unknownLanguage(written) }] : [],
      );
    const both = allowed_languages.flatMap((written, at) => {
      const code = languageCode(written);
      if (code === null || !denied.has(code)) return [];
      return [{ path: ["allowed_languages", String(at)], message: `${JSON.stringify(written)} is denied as well` }];
    });
    return [
      ...unknown("allowed_languages", allowed_languages),
      ...unknown("denied_languages", denied_languages),
      ...both,
    ];
  },
  effects({ allowed_languages, denied_languages, apply_to }) {
    if (allowed_languages.length + denied_languages.length === 0) return everywhere("none");
    const tools = { tool_definition: "none", tool_call: "none", tool_result: "none" } as const;
    return apply_to === "output" ? { ...tools, request: "none" } : tools;
  },
  create(options) {
    void loadLanguages();
    const judge = judgeOf(options);
    const { apply_to, action } = options;
    const verdict = (texts: Iterable<string>): Verdict => verdictOf(action, judge(texts));
    const ready = (texts: () => Iterable<string>) => {
      const loading = loadLanguages();
      return loading === null ? verdict(texts()) : loading.then(() => verdict(texts()));
    };
    return {
      // streams are read synchronously: what they need is there once the request has passed
      request: (_parsed, places) => ready(() => (apply_to === "output" ? [] : said(places))),
      ...(apply_to !== "input" && {
        response: (_parsed, places) => ready(() => answered(places)),
        stream: (context) => streamOf(action, judge, context),
      }),
    };
  },
};

/** What was found to be in a language that may not be; null: nothing. */
type Found = LanguageGuess | null;
type Judge = (texts: Iterable<string>) => Found;

function judgeOf({ allowed_languages, denied_languages, min_confidence }: LanguageOptions): Judge {
  const codes = (list: readonly string[]) => new Set(list.map((written) => languageCode(written) ?? written));
  const allowed = codes(allowed_languages);
  const denied = codes(denied_languages);
  if (allowed.size === 0 && denied.size === 0) return () => null;
  const mayNot = (language: string): boolean => denied.has(language) || (allowed.size > 0 && !allowed.has(language));
  return (texts) => {
    for (const text of texts) {
      const guess = languageOf(text);
      if (guess.language !== "" && guess.confidence >= min_confidence) {
        if (mayNot(guess.language)) return guess;
        continue;
      }
      // which of them it is hardly matters where none may be
      const possible = languagesOfScript(text);
      if (possible.length > 0 && possible.every(mayNot))
        return { language: guess.language || possible[0]!, confidence: 1 };
    }
    return null;
  };
}

/** What people say in a request: each text by itself, and where they are many all of them together. */
function* said(places: readonly TextPlace[]): Generator<string> {
  const texts = places
    .filter(({ kind, role, inner }) => kind === "content" && inner === null && (role === "user" || role === null))
    .map(({ text }) => text);
  yield* texts;
  if (texts.length > 1) yield texts.join("\n").slice(-LONGEST);
}

/** How much of a text is judged. */
const LONGEST = 32_768;
/** A growing text is judged when it is so long, and again whenever it has doubled. */
const FIRST_LOOK = 160;

const SPOKEN: ReadonlySet<string> = new Set(["content", "refusal"]);

function* answered(places: readonly TextPlace[]): Generator<string> {
  for (const place of places) {
    if (!SPOKEN.has(place.kind) || place.isInner === true) continue;
    const looks: string[] = [];
    const sink = new Prefixes((text) => looks.push(text));
    sink.push(place.text);
    sink.end();
    yield* looks;
  }
}

const SENTENCE_END = /[.!?…。！？\n]\s/gu;

/** Shows the beginnings of a growing text that are to be judged: the same ones wherever it is cut. */
class Prefixes implements TextSink {
  readonly #show: (text: string) => void;
  #text = "";
  #next = FIRST_LOOK;

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  push(text: string): void {
    if (this.#text.length >= LONGEST) return;
    this.#text = (this.#text + text).slice(0, LONGEST);
    while (this.#text.length > this.#next) {
      SENTENCE_END.lastIndex = this.#next;
      const found = SENTENCE_END.exec(this.#text);
      if (found === null) return;
      this.#show(this.#text.slice(0, found.index + 1));
      this.#next = 2 * found.index;
    }
  }

  end(): void {
    this.#show(this.#text);
  }
}

function streamOf(action: LanguageOptions["action"], judge: Judge, context: RequestContext): StreamTransform {
  let worst: Verdict = ALLOW;
  const texts = new GrowingTexts(context.endpoint, (place) => {
    if (!SPOKEN.has(place.kind)) return null;
    return new Prefixes((text) => {
      const verdict = verdictOf(action, judge([text]));
      if (verdict.reasonCode === undefined) return;
      worst = verdict;
      if (verdict.action === "block" || verdict.action === "escalate") throw endOfStream(verdict);
    });
  });
  return {
    push(chunk) {
      texts.push(chunk);
      return [chunk];
    },
    flush() {
      texts.end();
      return [];
    },
    record: () => recordOf(worst),
  };
}

function verdictOf(action: LanguageOptions["action"], found: Found): Verdict {
  if (found === null) return ALLOW;
  const findings = [{ kind: `language:${found.language}`, score: found.confidence }];
  const facts = { reasonCode: REASON, findings, score: found.confidence };
  if (action === "log") return { action: "allow", ...facts };
  return { action, message: `it is in a language that is not allowed here (${found.language})`, ...facts };
}
