import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { showProblem } from "../../src/config/problem.ts";
import { resolveSecret, secretFiles, showSecretRef } from "../../src/config/secret-ref.ts";

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

describe("a reference that holds the key itself", () => {
  const KEY = "kJ83hdkE73hfkDJE73jfk3hGDk38dhGe";
  const messages = (ref: string, key = KEY): string => {
    const text = `pack: {name: x, version: 1.0.0, enabled: true}
policies: {chain: []}
providers: {targets: [{id: a, provider: mistral, model: m, secret_key_ref: ${ref}}]}`;
    const readFile = (path: string) => {
      if (path !== "a.yaml") throw new Error("ENOENT");
      return new TextEncoder().encode(text);
    };
    const { ok, problems } = loadConfig({ files: ["a.yaml"], env: { MISTRAL_API_KEY: key }, readFile });
    expect(ok).toBeFalse();
    return problems.map(showProblem).join("\n");
  };

  test("is never repeated, and the message says what belongs there", () => {
    const expanded = messages(`{env: "\${MISTRAL_API_KEY}"}`);
    expect(expanded).toContain("it takes the name, not the secret itself");
    expect(expanded).toContain('did you mean "MISTRAL_API_KEY"?');
    expect(expanded).not.toContain(KEY);
    for (const [ref, key] of [
      [`{file: "\${MISTRAL_API_KEY}"}`, KEY],
      [`{env: "\${MISTRAL_API_KEY}"}`, "short"],
      [`{env: "x\${MISTRAL_API_KEY}"}`, "sk-with-dashes"],
      [`{env: ${KEY}}`, KEY],
      ["{env: sk-proj-a1b2c3}", "sk-proj-a1b2c3"],
    ] as const) {
      expect(messages(ref, key)).not.toContain(key);
    }
  });
});

test("the files of a configuration's references are found wherever they stand, each once", () => {
  const target = { id: "a", secret_key_ref: { file: "key" } };
  const config = {
    consumers: [{ id: "c", key_ref: { file: "caller" } }],
    providers: { targets: [target, { ...target, id: "b" }, { id: "c", secret_key_ref: { env: "KEY" } }] },
    testing: { file: "no reference", more: true },
  };
  expect([...secretFiles(config)]).toEqual(["caller", "key"]);
});
