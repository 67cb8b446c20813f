import { expect, test } from "bun:test";
import fc from "fast-check";
import { curlOf, explainOf, firstCurl } from "../../../../src/console/ui/events/curl.ts";
import { EVENT } from "../../../server/fake-server.ts";

const ORIGIN = "http://127.0.0.1:8080";
const event = (change: object) => ({ ...EVENT, seq: 1, hash: "00", ...change });

/** What a shell makes of the command: the words that curl would get. */
function words(command: string): string[] {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`;
  const { stdout, exitCode } = Bun.spawnSync(["sh", "-c", script], { env: { WEIR_API_KEY: "KEY" } });
  expect(exitCode).toBe(0);
  return stdout.toString().split("\0").slice(0, -1);
}

/** The words of a request for a chat completion by whoever has the key. */
const chatWith = (body: string): string[] => [
  `${ORIGIN}/v1/chat/completions`,
  "-H",
  "Content-Type: application/json",
  "-H",
  "Authorization: Bearer KEY",
  "-d",
  body,
];

test("asks for the same thing again, with a prompt to be filled in", () => {
  expect(words(curlOf(event({ model: "m", stream: true, consumer: "team" }), ORIGIN))).toEqual(
    chatWith('{"model":"m","messages":[{"role":"user","content":"YOUR PROMPT"}],"stream":true}'),
  );
});

test("a model's name is one word for a shell, whatever is in it", () => {
  const model = fc.oneof(fc.string(), fc.constantFrom("'; exit 7; '", "$(id)", "`id`", "\\'", "a\nb", "!!", "$IFS"));
  fc.assert(
    fc.property(model, (name) => {
      fc.pre(!name.includes("\0"));
      const all = words(curlOf(event({ model: name }), ORIGIN));
      expect(all).toHaveLength(5);
      expect(JSON.parse(all[4]!)).toMatchObject({ model: name });
    }),
    { numRuns: 40 },
  );
});

test.each([
  ["embeddings", "/v1/embeddings", "input"],
  ["fim", "/v1/fim/completions", "suffix"],
  ["moderations", "/v1/moderations", "input"],
  ["completions", "/v1/completions", "prompt"],
])("%s has a path and body of its own", (endpoint, path, member) => {
  const all = words(curlOf(event({ endpoint, model: null }), ORIGIN));
  expect(all[0]).toBe(ORIGIN + path);
  expect(JSON.parse(all.at(-1)!)).toHaveProperty(member);
});

test.each([
  [{ route_policy: "carbon_aware", region: "a" }, { routing: "carbon_aware" }],
  [{ route_policy: "pinned", region: "a" }, { region: "a" }],
  [{ route_policy: "pinned", region: "b", failover: { from_region: "a" } }, { region: "a" }],
  [{ route_policy: "pinned", region: null }, undefined],
  [{ route_policy: "standard", region: "a" }, undefined],
])("what was routed as %j is asked for with %j", (trace, vetted) => {
  const body = words(curlOf(event({ routing_trace: { failover: null, ...trace } }), ORIGIN))[4]!;
  expect((JSON.parse(body) as { vetted?: object }).vetted).toEqual(vetted);
});

test("a first request is one word to a shell, whatever the model is called", () => {
  expect(firstCurl("m", "http://h", false)).toBe(
    `curl http://h/v1/chat/completions \\\n  -H 'Content-Type: application/json' \\\n  -d '{"model": "m", "messages": [{"role": "user", "content": "hello"}]}'`,
  );
  expect(firstCurl(`it's "m"`, "http://h", false)).toContain(`-d '{"model": "it'\\''s \\"m\\"", `);
});

test("the command that explains a request names its row and its id, whatever its caller sent as one", () => {
  expect(explainOf(event({ id: "req-1" }))).toBe("weir explain --row 1 -- req-1");
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 1 }),
      (id) => {
        const command = explainOf(event({ id })).replace("weir", "curl");
        expect(words(command)).toEqual(["explain", "--row", "1", "--", id]);
      },
    ),
    { numRuns: 30 },
  );
});

test("a first request carries a key where callers need one", () => {
  expect(words(firstCurl("m", ORIGIN, true))).toEqual(
    chatWith('{"model": "m", "messages": [{"role": "user", "content": "hello"}]}'),
  );
});
