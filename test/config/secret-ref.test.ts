import { describe, expect, test } from "bun:test";
import { resolveSecret, showSecretRef } from "../../src/config/secret-ref.ts";

const files: Readonly<Record<string, string>> = {
  "/key": "from a file\n",
  "/windows": "from a file\r\n",
  "/two": "a\n\n",
  "/empty": "\n",
};
const sources = {
  env: { KEY: "from the environment", EMPTY: "", BLANK: "  " },
  readFile: (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("ENOENT");
    return new TextEncoder().encode(text);
  },
};
const reveal = (ref: Parameters<typeof resolveSecret>[0]) => resolveSecret(ref, sources)?.reveal() ?? null;

describe("resolveSecret", () => {
  test("reads variables and files; one end of line is cut off", () => {
    expect(reveal({ env: "KEY" })).toBe("from the environment");
    expect(reveal({ file: "/key" })).toBe("from a file");
    expect(reveal({ file: "/windows" })).toBe("from a file");
    expect(reveal({ file: "/two" })).toBe("a\n");
  });

  test("missing and empty are the same", () => {
    for (const ref of [
      { env: "NOT_SET" },
      { env: "EMPTY" },
      { env: "BLANK" },
      { file: "/nowhere" },
      { file: "/empty" },
      { store: "x" },
    ]) {
      expect(reveal(ref)).toBeNull();
    }
  });

  test("is shown without the secret", () => {
    expect(String(resolveSecret({ env: "KEY" }, sources))).toBe("[secret]");
    expect(showSecretRef({ env: "KEY" })).toBe("the environment variable KEY");
    expect(showSecretRef({ file: "/key" })).toBe("the file /key");
  });
});
