import { describe, expect, test } from "bun:test";
import { packed } from "../../src/server/packed.ts";
import { json } from "../../src/server/route.ts";
import { asAdmin, fakeServer } from "./fake-server.ts";

const LONG = { text: "weir ".repeat(1_000) };
const asks = (accept: string) => new Headers({ "accept-encoding": accept });

describe("packed", () => {
  test.each(["gzip", "br, gzip;q=0.5", "deflate, gzip, br, zstd"])("for %p a long answer is gzip", async (accept) => {
    const answer = await packed(
      asks(accept),
      new Response(JSON.stringify(LONG), { status: 201, headers: json(LONG).headers }),
    );
    expect(answer.status).toBe(201);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "application/json",
      "cache-control": "no-store",
      vary: "Accept-Encoding",
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(bytes.length).toBeLessThan(200);
    expect(JSON.parse(new TextDecoder().decode(Bun.gunzipSync(bytes)))).toEqual(LONG);
  });

  test.each([
    ["", LONG],
    ["br", LONG],
    ["gzip;q=0", LONG],
    ["gzip; q=0.0, br", LONG],
    ["gzip", { text: "short" }],
    ["gzip", { text: "x".repeat(300_000) }],
  ])("for %p it is as it is where that gains nothing", async (accept, value) => {
    const answer = await packed(asks(accept), json(value));
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(await answer.json()).toEqual(value);
  });

  test("a feed and a page pass as they are", async () => {
    for (const type of ["text/event-stream", "text/html; charset=utf-8"]) {
      const answer = new Response("x".repeat(5_000), { headers: { "content-type": type } });
      expect(await packed(asks("gzip"), answer)).toBe(answer);
    }
  });

  test("is how the admin API answers, and no other route", async () => {
    const { send } = fakeServer();
    const encoding = async (path: string) =>
      (await send(path, { headers: { ...asAdmin, "accept-encoding": "gzip" } })).headers.get("content-encoding");
    expect(await encoding("/api/overview")).toBe("gzip");
    expect(await encoding("/openapi.json")).toBeNull();
    expect(await encoding("/api/events?limit=0")).toBeNull();
  });
});
