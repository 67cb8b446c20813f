import { describe, expect, test } from "bun:test";
import { hashToken } from "../../../src/server/admin-token.ts";
import type { StoredRow } from "../../../src/store/store.ts";
import { fakeClock } from "../../support/clock.ts";
import { ADMIN_TOKEN, asAdmin, EVENT, fakeServer } from "../fake-server.ts";

const ACCESS = { kind: "access", at: 1, who: "admin", via: "api", what: "GET /api/events", filter: {} };

/** A server whose ledger grows as the test says, at a time that the test moves. */
function growing(first: readonly string[] = []) {
  const clock = fakeClock();
  const rows: StoredRow[] = [];
  const write = (...ids: readonly string[]) => {
    for (const id of ids) {
      const entry = id === "access" ? ACCESS : { ...EVENT, id };
      rows.push({ seq: rows.length + 1, hash: `h${rows.length + 1}`, kind: "request", entry } as unknown as StoredRow);
    }
  };
  write(...first);
  let token = ADMIN_TOKEN;
  let draining = false;
  const fake = fakeServer({ clock, adminHash: () => hashToken(token), draining: () => draining });
  Object.assign(fake.options.ledger, {
    head: async () => (rows.length === 0 ? null : { seq: rows.length, hash: "h" }),
    rowsAfter: async (seq: number, limit: number) => rows.filter((row) => row.seq > seq).slice(0, limit),
  });
  const open = async (headers: Record<string, string> = {}, signal = new AbortController().signal) => {
    const answer = await fake.send("/api/events/stream", { headers: { ...asAdmin, ...headers }, signal });
    return { answer, next: reader(answer, clock) };
  };
  return {
    ...fake,
    clock,
    write,
    open,
    rotate() {
      token = "another";
    },
    drain() {
      draining = true;
    },
  };
}

/** The next piece of a feed, with time moved on until there is one; null at the end. */
function reader(answer: Response, clock: ReturnType<typeof fakeClock>): () => Promise<string | null> {
  const body = answer.body!.getReader();
  return async () => {
    let piece: { text: string | null } | null = null;
    const reading = body.read().then(({ value }) => {
      piece = { text: value === undefined ? null : new TextDecoder().decode(value) };
    });
    for (let step = 0; piece === null && step < 100; step++) await clock.advance(400);
    await reading;
    return piece!.text;
  };
}

const idsIn = (text: string | null): string[] => [...(text ?? "").matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id!);

describe("the live feed", () => {
  test("begins with now, and gives what is written from then on, each with its place", async () => {
    const { open, write, accesses } = growing(["old-1", "old-2"]);
    const { answer, next } = await open();
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(answer.headers.get("cache-control")).toContain("no-store");
    expect(await next()).toBe(": alive\n\n");
    write("new-1", "access", "new-2");
    const text = await next();
    expect(idsIn(text)).toEqual(["new-1", "new-2"]);
    expect(text!.match(/^id: \d+$/gm)).toEqual(["id: 3", "id: 5"]);
    const data = JSON.parse(/^data: (.*)$/m.exec(text!)![1]!) as object;
    expect(data).toEqual({ ...EVENT, id: "new-1", seq: 3, hash: "h3" });
    expect(accesses).toMatchObject([{ what: "GET /api/events/stream" }]);
  });

  test("goes on behind the last row that a client has, and no further back than a thousand", async () => {
    const many = Array.from({ length: 1_500 }, (_, at) => `r${at + 1}`);
    const { open } = growing(many);
    expect(idsIn(await (await open({ "last-event-id": "1499" })).next())).toEqual(["r1500"]);
    const { next } = await open({ "last-event-id": "3" });
    expect(await next()).toBe('event: gap\ndata: {"missed":497}\n\n');
    expect(idsIn(await next())[0]).toBe("r501");
    expect(idsIn(await (await open({ "last-event-id": "500" })).next())[0]).toBe("r501");
    for (const wrong of ["99999999", "-1", "x", "1e3", ""]) {
      expect(await (await open({ "last-event-id": wrong })).next()).toBe(": alive\n\n");
    }
  });

  test("breaks no line, whatever a caller named", async () => {
    const { open, write } = growing();
    const { next } = await open();
    await next();
    write('a\n\nevent: x\rdata: {"id":"forged"}');
    const text = await next();
    expect(text!.trimEnd().split(/\r\n|\r|\n/)).toHaveLength(2);
  });

  test("says that it lives while nothing happens", async () => {
    const { open, clock } = growing();
    const { next } = await open();
    await next();
    const from = clock.monotonic();
    expect(await next()).toBe(": alive\n\n");
    expect(clock.monotonic() - from).toBeWithin(14_000, 16_001);
  });

  test.each(["rotate", "drain"] as const)("ends when %s says so", async (what) => {
    const server = growing();
    const { next } = await server.open();
    await next();
    server[what]();
    expect(await next()).toBeNull();
  });

  test("is given to thirty-two at a time, and a place is free again when one goes", async () => {
    const { open, send } = growing();
    const stops = Array.from({ length: 32 }, () => new AbortController());
    const feeds = await Promise.all(
      stops.map(({ signal }) => send("/api/events/stream", { headers: asAdmin, signal })),
    );
    expect(new Set(feeds.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await send("/api/events/stream", { headers: asAdmin });
    expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
      429,
      "too_many_streams",
    ]);
    await feeds[0]!.body!.cancel();
    stops[1]!.abort();
    const again = await Promise.all([open(), open()]);
    expect(again.map(({ answer }) => answer.status)).toEqual([200, 200]);
    expect((await send("/api/events/stream", { headers: asAdmin })).status).toBe(429);
  });

  test("that could not begin takes no place", async () => {
    const { open, options } = growing();
    const { head } = options.ledger;
    Object.assign(options.ledger, { head: () => Promise.reject(new Error("disk on fire")) });
    for (let turn = 0; turn < 40; turn++) expect((await open()).answer.status).toBe(500);
    Object.assign(options.ledger, { head });
    expect((await open()).answer.status).toBe(200);
  });
});
