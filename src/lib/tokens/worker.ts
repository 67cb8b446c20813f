/// <reference path="../../../config/tokenizers/ranks.d.ts" />
import { readFileSync } from "node:fs";
import o200kRanks from "../../../config/tokenizers/o200k.ranks" with { type: "file" };
import tekkenRanks from "../../../config/tokenizers/tekken.ranks" with { type: "file" };
import { countTexts } from "./count-texts.ts";
import { decodeRanks } from "./rank-file.ts";
import { createVocabulary, type Vocabulary, type VocabularyName } from "./vocabulary.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

/** Where the ranks of each vocabulary are; inside the compiled binary these are embedded files. */
const RANK_FILES: Readonly<Record<VocabularyName, string>> = { tekken: tekkenRanks, o200k: o200kRanks };

/** Loads a vocabulary: some 20 ms and 10 MB. Throws where its rank file cannot be read. */
export function loadVocabulary(name: VocabularyName): Vocabulary {
  return createVocabulary(name, decodeRanks(readFileSync(RANK_FILES[name])));
}

/** Answers the messages of the serving thread, one after the other; each vocabulary is loaded once. */
export function createResponder(load: (name: VocabularyName) => Vocabulary): (message: ToWorker) => FromWorker {
  const loaded = new Map<VocabularyName, Vocabulary>();
  const vocabularyOf = (name: VocabularyName): Vocabulary => {
    const vocabulary = loaded.get(name) ?? load(name);
    loaded.set(name, vocabulary);
    return vocabulary;
  };
  return (message) => {
    const vocabulary = vocabularyOf(message.vocabulary);
    if (message.kind === "load") return { kind: "loaded", vocabulary: message.vocabulary };
    const end = performance.now() + message.budgetMs;
    const { texts, stopAbove, job } = message;
    return {
      kind: "counted",
      job,
      ...countTexts(vocabulary, texts, { stopAbove, expired: () => performance.now() > end }),
    };
  };
}

// the main thread may import this file too (the house test does): there it must not take over its messages
if (!Bun.isMainThread) {
  const respond = createResponder(loadVocabulary);
  addEventListener("message", (event) => postMessage(respond((event as MessageEvent<ToWorker>).data)));
}
