import { expect, test } from "bun:test";
import { createChain } from "../../../src/gateway/chain/chain.ts";
import { parsed } from "../../support/codec.ts";
import { contextFor, enforced, MARK, optionsFor, redactor, WORD } from "./policies.ts";

const run = (failMode: "block" | "allow" = "block") =>
  createChain(optionsFor([enforced("r", redactor)], { failMode })).start(contextFor());
const withMetadata = (metadata: object) => parsed({ messages: [], metadata });

test("what a member is called is redacted as its value is", async () => {
  const body = await run().request(withMetadata({ [`my ${WORD}`]: "x", b: WORD }));
  expect(body.value["metadata"]).toEqual({ [`my ${MARK}`]: "x", b: MARK });
});

test.each([
  { [`my ${WORD}`]: "one", [`my ${MARK}`]: "other" },
  { [`my ${MARK}`]: "other", [`my ${WORD}`]: "one" },
])("two members that would be called the same are refused: who reads only one would miss the other", async (both) => {
  for (const failMode of ["block", "allow"] as const) {
    const failure = await Promise.try(() => run(failMode).request(withMetadata(both))).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(failure).toMatchObject({ code: "invalid_json" });
  }
});
