/** Bodies of every kind of nonsense, from outside: the error, its form, the one event, and the process that lives on. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { CHAT, errorFaults, type Outside, PROMPT, post, send, startOutside } from "../support/outside.ts";
import { openTcp } from "../support/tcp.ts";

let outside: Outside;
beforeAll(async () => {
  outside = await startOutside({ config: { size_limits: { max_messages: 50 } } });
});
afterAll(() => outside[Symbol.asyncDispose]());

let count = 0;
const nextId = (): string => `bad-${count++}`;

/** Sends a body and gives everything that is not as it should be. */
async function refused(
  body: string | Uint8Array,
  expected: { code: string; status?: number; param?: string | null },
  how: { path?: string; type?: string; headers?: string } = {},
): Promise<unknown> {
  const id = nextId();
  const asked = outside.upstream.length;
  const answer = await send(outside, post(body, { id, ...how }));
  const status = expected.status ?? 400;
  const { error } = JSON.parse(answer?.body || "{}") as { error?: { param?: string | null } };
  return {
    faults: errorFaults(answer, { status, code: expected.code, id }),
    param: expected.param === undefined ? undefined : error?.param,
    retry: answer?.headers["x-should-retry"],
    upstream: outside.upstream.length - asked,
    after: await outside.aftermath(id),
  };
}

const clean = ({ code, param }: { code: string; param?: string | null }) => ({
  faults: [],
  param,
  retry: "false",
  upstream: 0,
  after: { outcomes: [code], alive: true },
});

const MESSAGES = `"messages":[{"role":"user","content":"${PROMPT}"}]`;
const chat = (more: string): string => `{"model":"m",${MESSAGES}${more}}`;

describe("a body that is no JSON object in UTF-8", () => {
  test.each<readonly [string, string | Uint8Array]>([
    ["nothing", ""],
    ["blanks", " \r\n\t"],
    ["cut off", chat("").slice(0, -1)],
    ["cut off in a string", `{"model":"m","messages":[{"role":"user","content":"${PROMPT}`],
    ["cut off in an escape", `{"model":"m\\u00`],
    ["with more behind it", `${chat("")}x`],
    ["twice", chat("") + chat("")],
    ["with a trailing comma", chat(",")],
    ["with a comment", `${chat("")} // hi`],
    ["with single quotes", `{'model':'m'}`],
    ["with NaN", chat(',"seed":NaN')],
    ["with a leading zero", chat(',"seed":01')],
    ["a list", `[${chat("")}]`],
    ["a string", JSON.stringify(chat(""))],
    ["a number", "1"],
    ["null", "null"],
    ["with a raw NUL", chat(',"user":"\u0000"')],
    ["with a NUL behind it", `${chat("")}\u0000`],
    ["with a byte order mark", `\ufeff${chat("")}`],
    ["in UTF-16", Buffer.from(chat(""), "utf16le")],
    ["in Latin-1", Buffer.from(chat(',"user":"\xe9"'), "latin1")],
    ["with an overlong slash", Buffer.from(chat(',"user":"\xc0\xaf"'), "latin1")],
    ["with half a surrogate pair in UTF-8", Buffer.from(chat(',"user":"\xed\xa0\x80"'), "latin1")],
    ["with half a surrogate pair, escaped", chat(',"user":"\\ud800"')],
    ["with the other half", chat(',"user":"x\\uDFFFx"')],
    ["with halves in the wrong order", chat(',"user":"\\ude00\\ud83d"')],
    ["with half a pair in a key", chat(',"\\udc00":1')],
    ["compressed without saying so", gzipSync(chat(""))],
  ])("%s", async (_, body) => {
    expect(await refused(body, { code: "invalid_json" })).toEqual(clean({ code: "invalid_json" }));
  });

  test.each(["/v1/completions", "/v1/embeddings", "/v1/fim/completions", "/v1/moderations", "/chat/completions/"])(
    "%s refuses it too",
    async (path) => {
      expect(await refused('{"model"', { code: "invalid_json" }, { path })).toEqual(clean({ code: "invalid_json" }));
    },
  );

  test.each([
    ["lists", "[".repeat(100_000) + "]".repeat(100_000)],
    ["lists that never close", "[".repeat(5_000_000)],
    ["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["lists below a field", chat(`,"metadata":${"[".repeat(100_000)}${"]".repeat(100_000)}`)],
    ["lists in place of messages", `{"model":"m","messages":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ])("nested too deeply: %s", async (_, body) => {
    expect(await refused(body, { code: "invalid_json" })).toEqual(clean({ code: "invalid_json" }));
  });

  test.each([
    ["lists", chat(`,"metadata":[${"[],".repeat(600_000)}1]`)],
    ["members", chat(`,"metadata":{${Array.from({ length: 300_000 }, (_, at) => `"k${at}":1`).join(",")}}`)],
  ])("in too many parts: %s", async (_, body) => {
    const expected = { code: "request_too_large", status: 413 };
    expect(await refused(body, expected)).toEqual(clean(expected));
  });
});

describe("a key that can be read in two ways", () => {
  test.each([
    ["twice", `{"model":"m","model":"n",${MESSAGES}}`, "model"],
    ["twice, the same", `{"model":"m","model":"m",${MESSAGES}}`, "model"],
    ["twice, escaped", `{"model":"m","\\u006dodel":"n",${MESSAGES}}`, "model"],
    ["in another case", `{"model":"m","Model":"n",${MESSAGES}}`, "Model"],
    ["only in another case", `{"MODEL":"m",${MESSAGES}}`, "MODEL"],
    ["in another case, escaped", `{"\\u004dodel":"m",${MESSAGES}}`, "Model"],
    ["folded by Unicode alone", `{"model":"m",${MESSAGES},"\u017ftream":true}`, "\u017ftream"],
    ["in a message", `{"model":"m","messages":[{"role":"user","content":"a","content":"b"}]}`, "messages[0].content"],
    [
      "in a message, in another case",
      `{"model":"m","messages":[{"role":"user","Content":"b"}]}`,
      "messages[0].Content",
    ],
    [
      "in a part",
      chat("").replace(`"${PROMPT}"`, '[{"type":"text","text":"a","Text":"b"}]'),
      "messages[0].content[0].Text",
    ],
    [
      "deep in a tool",
      chat(',"tools":[{"type":"function","function":{"name":"f","parameters":{"a":{"b":1,"b":2}}}}]'),
      "tools[0].function.parameters.a.b",
    ],
    [
      "among a thousand",
      chat(`,"metadata":{${Array.from({ length: 1000 }, (_, at) => `"k${at}":1`).join(",")},"k7":2}`),
      "metadata.k7",
    ],
    ["__proto__", chat(',"__proto__":{"stream":true}'), "__proto__"],
    ["__proto__, escaped", chat(',"\\u005f_proto__":{}'), "__proto__"],
    ["__proto__ in metadata", chat(',"metadata":{"__proto__":{}}'), "metadata.__proto__"],
  ])("%s", async (_, body, param) => {
    expect(await refused(body, { code: "invalid_json", param })).toEqual(clean({ code: "invalid_json", param }));
  });

  test("what only looks like one passes, byte for byte", async () => {
    const body = `{ "model" : "m", ${MESSAGES}, "metadata":{"a":1,"b":{"a":1},"constructor":{"prototype":1}},"x":["model","model"],"big":12345678901234567890,"e":1.50E+2,"u":"\\ud83d\\ude00 \\u0000" }`;
    const answer = await send(outside, post(body, { id: "bytes" }));
    expect(answer?.status).toBe(200);
    expect(outside.upstream.find(({ headers }) => headers["x-request-id"] === "bytes")?.body).toBe(body);
  });
});

describe("a field of the wrong kind", () => {
  test.each([
    ["no model", `{${MESSAGES}}`, "model"],
    ["a list as model", `{"model":["m"],${MESSAGES}}`, "model"],
    ["an empty model", `{"model":"",${MESSAGES}}`, "model"],
    ["a model without end", `{"model":"${"m".repeat(5000)}",${MESSAGES}}`, "model"],
    ["no messages", '{"model":"m"}', "messages"],
    ["empty messages", '{"model":"m","messages":[]}', "messages"],
    ["an object for messages", `{"model":"m","messages":{"0":{"role":"user","content":"${PROMPT}"}}}`, "messages"],
    ["a string for messages", `{"model":"m","messages":"${PROMPT}"}`, "messages"],
    ["a string for a message", `{"model":"m","messages":["${PROMPT}"]}`, "messages[0]"],
    ["a list for a message", '{"model":"m","messages":[[]]}', "messages[0]"],
    ["an unknown role", `{"model":"m","messages":[{"role":"${PROMPT}","content":"x"}]}`, "messages[0].role"],
    ["a number for content", '{"model":"m","messages":[{"role":"user","content":7}]}', "messages[0].content"],
    ["a string for stream", chat(',"stream":"yes"'), "stream"],
    ["a list for stream_options", chat(',"stream_options":[]'), "stream_options"],
    ["a hot temperature", chat(',"temperature":3'), "temperature"],
    ["an endless temperature", chat(',"temperature":1e999'), "temperature"],
    ["half a token", chat(',"max_tokens":1.5'), "max_tokens"],
    ["no choice", chat(',"n":0'), "n"],
    ["too many choices", chat(',"n":1000000000'), "n"],
    ["an object for tools", chat(',"tools":{}'), "tools"],
    ["null for a tool", chat(',"tools":[null]'), "tools[0]"],
    ["a user who says nothing", '{"model":"m","messages":[{"role":"user"}]}', "messages[0].content"],
    ["a tool without a result", `{"model":"m","messages":[{"role":"tool","tool_call_id":"a"}]}`, "messages[0].content"],
    ["half a seed", chat(',"seed":1.5'), "seed"],
    ["a number for the user", chat(',"user":7'), "user"],
    ["a list of biases", chat(',"logit_bias":[]'), "logit_bias"],
    ["more than twenty alternatives", chat(',"logprobs":true,"top_logprobs":21'), "top_logprobs"],
    ["a string for a switch", chat(',"parallel_tool_calls":"no"'), "parallel_tool_calls"],
    ["a number for the effort", chat(',"reasoning_effort":3'), "reasoning_effort"],
    ["a list for metadata", chat(',"metadata":[]'), "metadata"],
    ["a string for modalities", chat(',"modalities":"text"'), "modalities"],
    ["a string for a prediction", chat(',"prediction":"x"'), "prediction"],
    ["a string for store", chat(',"store":"no"'), "store"],
    ["a number for the tier", chat(',"service_tier":1'), "service_tier"],
    ["a typo in vetted", chat(',"vetted":{"regoin":"fr"}'), "vetted.regoin"],
  ])("%s", async (_, body, param) => {
    expect(await refused(body, { code: "invalid_request", param })).toEqual(clean({ code: "invalid_request", param }));
  });

  test("null stands for a field that is not there", async () => {
    const fields = ["temperature", "n", "stop", "seed", "user", "logit_bias", "top_logprobs", "parallel_tool_calls"];
    const more = ["reasoning_effort", "metadata", "modalities", "prediction", "store", "service_tier", "tools"];
    const body = chat([...fields, ...more].map((field) => `,"${field}":null`).join(""));
    const answer = await send(outside, post(body, { id: "nulls" }));
    expect(answer?.status).toBe(200);
    expect(outside.upstream.find(({ headers }) => headers["x-request-id"] === "nulls")?.body).toBe(body);
  });

  test("a model that is not there is told by its name, whatever stands in it", async () => {
    const body = `{"model":"m\\u0000\\n<b>",${MESSAGES}}`;
    const expected = { code: "model_not_found", status: 404, param: "model" };
    expect(await refused(body, expected)).toEqual(clean(expected));
  });
});

describe("a body of the wrong type", () => {
  const expected = { code: "unsupported_media_type", status: 415 };

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/json, text/plain",
    "application/json; charset=latin1",
    "application/json; charset=utf-16",
    'application/json; charset="iso-8859-1"',
    "json",
    "x".repeat(2000),
  ])("%s", async (type) => {
    expect(await refused(JSON.stringify(CHAT), expected, { type })).toEqual(clean(expected));
  });

  test.each(["gzip", "GZIP", "br", "deflate", "zstd", "gzip, identity", "x-weird"])("encoded: %s", async (encoding) => {
    const headers = `content-encoding: ${encoding}\r\n`;
    expect(await refused(gzipSync(JSON.stringify(CHAT)), expected, { headers })).toEqual(clean(expected));
  });

  test("a bomb is not unpacked", async () => {
    const before = await outside.memory();
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    expect(await refused(bomb, expected, { headers: "content-encoding: gzip\r\n" })).toEqual(clean(expected));
    await outside.memoryBelow(before + 100e6);
  });

  test.each([
    "",
    "application/json;charset=UTF-8",
    'application/json; charset="utf-8"',
    "Application/JSON",
    "application/problem+json",
  ])("%p is JSON", async (type) => {
    expect((await send(outside, post(CHAT, { type })))?.status).toBe(200);
  });
});

describe("a body that is too large", () => {
  const expected = { code: "request_too_large", status: 413 };
  const MANY = 50_000_000;

  /** A chunked request whose body is that many bytes. */
  function chunked(id: string, bytes: number): Buffer {
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-request-id: ${id}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000, 0x61), Buffer.from("\r\n")]);
    const chunks = Array.from({ length: Math.ceil(bytes / 0x100000) }, () => chunk);
    return Buffer.concat([Buffer.from(head), ...chunks, Buffer.from("0\r\n\r\n")]);
  }

  test.each(["content-length", "chunked"])(
    "%s: told to a client that reads only after it has sent everything",
    async (how) => {
      const id = nextId();
      const before = await outside.memory();
      const tcp = await openTcp(outside.url);
      tcp.socket.pause();
      await tcp.write(how === "chunked" ? chunked(id, MANY) : post(Buffer.alloc(MANY, 0x61), { id }));
      tcp.socket.resume();
      expect(errorFaults(await tcp.answer(), { ...expected, id })).toEqual([]);
      expect(await outside.aftermath(id)).toEqual({ outcomes: ["request_too_large"], alive: true });
      await tcp.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      expect((await tcp.answer())?.status).toBe(200);
      tcp.close();
      await outside.memoryBelow(before + 100e6);
    },
  );

  test.each([
    ["content-length", "content-length: 50000000\r\n\r\n", ""],
    ["chunked", "transfer-encoding: chunked\r\n\r\n", `${(0xb00000).toString(16)}\r\n${"a".repeat(0xb00000)}`],
  ])("%s: told to a client that is still sending", async (_, head, begun) => {
    const id = nextId();
    const tcp = await openTcp(outside.url);
    await tcp.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-request-id: ${id}\r\n${head}`);
    void tcp.write(begun);
    expect(errorFaults(await tcp.answer(), { ...expected, id })).toEqual([]);
    tcp.close();
    expect(await outside.aftermath(id)).toEqual({ outcomes: ["request_too_large"], alive: true });
  });

  test("the largest that is accepted goes through whole", async () => {
    const limit = 10_485_760;
    const rest = limit - Buffer.byteLength(chat(',"user":""'));
    const body = chat(`,"user":"${"a".repeat(rest)}"`);
    expect(Buffer.byteLength(body)).toBe(limit);
    expect((await send(outside, post(body, { id: "largest" })))?.status).toBe(200);
    const seen = outside.upstream.find(({ headers }) => headers["x-request-id"] === "largest");
    expect(seen?.body.length).toBe(limit);
    expect(await refused(`${body} `, expected)).toEqual(clean(expected));
  });

  test("too many messages", async () => {
    const messages = Array.from({ length: 51 }, () => CHAT.messages[0]);
    expect(await refused(JSON.stringify({ ...CHAT, messages }), expected)).toEqual(clean(expected));
  });
});
