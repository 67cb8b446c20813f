import { expect, test } from "bun:test";
import { configOf, testGateway } from "../support/gateway.ts";

const ANSWER = {
  id: "c",
  object: "chat.completion",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
};

test("long bodies that there is no memory for are refused, short ones and a single long one never", async () => {
  const held: ((response: Response) => void)[] = [];
  const upstream = (() => new Promise<Response>((resolve) => held.push(resolve))) as unknown as typeof fetch;
  const config = configOf([{ id: "a", base_url: "http://upstream.test" }]);
  const { ask, events, reload } = testGateway(config, { fetch: upstream, memoryBytes: 0 });
  const asking = (length: number): Promise<Response> => {
    const body = JSON.stringify({ model: "a", messages: [{ role: "user", content: "x".repeat(length) }] });
    return ask(body, { headers: { "content-length": String(body.length) } });
  };
  const atUpstream = async (count: number): Promise<void> => {
    while (held.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const answered = async (pending: Promise<Response>): Promise<number> => {
    held.shift()!(Response.json(ANSWER));
    return (await pending).status;
  };

  const long = asking(100_000);
  await atUpstream(1);
  const refused = await asking(100_000);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await refused.json()).toMatchObject({ error: { code: "overloaded" } });
  // a configuration put in force meanwhile finds the room as taken as it is
  reload(config);
  expect((await asking(100_000)).status).toBe(503);
  const short = asking(10);
  await atUpstream(2);
  expect([await answered(long), await answered(short)]).toEqual([200, 200]);
  const next = asking(100_000);
  await atUpstream(1);
  expect(await answered(next)).toBe(200);
  expect(events.map(({ outcome }) => outcome).sort()).toEqual(["ok", "ok", "ok", "overloaded", "overloaded"]);
});
