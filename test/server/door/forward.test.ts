/** What a thread with sockets and the thread with the routes say to each other. */

import { describe, expect, test } from "bun:test";
import { answerForwarded, Forwarder } from "../../../src/server/door/forward.ts";
import type { ToRoutes } from "../../../src/server/door/forward-messages.ts";
import type { AnswerOther, Arrival } from "../../../src/server/door/handler.ts";
import { textOf } from "../../../src/server/request-text.ts";

const ARRIVAL: Arrival = {
  id: "r",
  target: { path: "/x", query: "" },
  peer: { loopback: true, address: () => null, received() {}, answered() {} },
};

/** Both sides, joined. */
function joined(answer: AnswerOther) {
  const said: ToRoutes["op"][] = [];
  const route = answerForwarded(answer, (message) => forwarder.hear(message));
  const forwarder: Forwarder = new Forwarder((message) => {
    said.push(message.op);
    void route(message);
  });
  return { ask: (request: Request) => forwarder.ask(request, ARRIVAL), said };
}

/** A feed that counts its pieces, and what was asked of it. */
function feed(pieces: number) {
  const seen = { read: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.read === pieces) controller.close();
        else controller.enqueue(new TextEncoder().encode(`data: ${seen.read++}\n\n`));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { seen, response: () => new Response(body, { headers: { "content-type": "text/event-stream" } }) };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

describe("a feed", () => {
  test("comes whole, and no piece of it before its client takes it", async () => {
    const { seen, response } = feed(3);
    const { ask } = joined(async () => response());
    const answer = await ask(new Request("http://h/x"));
    await turns();
    expect(seen.read).toBe(0);
    const reader = answer.body!.getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe("data: 0\n\n");
    await turns();
    expect(seen.read).toBe(1);
    expect([await next(), await next()]).toEqual(["data: 1\n\n", "data: 2\n\n"]);
    expect((await reader.read()).done).toBe(true);
  });

  test("ends for the thread that has it when its client goes, read or not", async () => {
    for (const isRead of [false, true]) {
      const { seen, response } = feed(100);
      const { ask, said } = joined(async () => response());
      const reader = (await ask(new Request("http://h/x"))).body!.getReader();
      if (isRead) await reader.read();
      await reader.cancel();
      await turns();
      expect([seen.cancelled, said.at(-1), seen.read]).toEqual([true, "cancel", Number(isRead)]);
    }
  });
});

describe("a body", () => {
  const LIMIT = 1_048_576;
  const echo = joined(async (request) => Response.json(await textOf(request, 64).catch(({ code }) => code)));
  const told = (body: string) =>
    echo.ask(new Request("http://h/x", { method: "POST", body })).then((answer) => answer.json());

  test("of any length comes to the route, which says itself what is too much", async () => {
    expect(await told("small")).toBe("small");
    expect(await told("x".repeat(65))).toBe("request_too_large");
    expect(await told("x".repeat(LIMIT + 1))).toBe("request_too_large");
    const nobody = joined(async () => new Response("nothing here", { status: 404 }));
    const request = new Request("http://h/x", { method: "POST", body: "x".repeat(3 * LIMIT) });
    expect((await nobody.ask(request)).status).toBe(404);
  });

  test("that says nothing of its length is not read to its end", async () => {
    let read = 0;
    const piece = new Uint8Array(LIMIT / 4);
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (read++ === 1_000) controller.close();
          else controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
    const answer = await echo.ask(new Request("http://h/x", { method: "POST", body }));
    expect(await answer.json()).toBe("request_too_large");
    expect(read).toBeLessThan(10);
  });
});
