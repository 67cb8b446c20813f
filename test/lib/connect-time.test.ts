import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { connectTime } from "../../src/lib/connect-time.ts";

test("a connection is timed and closed", async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("close", () => closed.resolve());
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const ms = await connectTime("127.0.0.1", port, new AbortController().signal);
  expect(ms).toBeGreaterThan(0);
  expect(ms).toBeLessThan(5_000);
  await closed.promise;
  server.close();
});

test("nobody there, and no time, reject", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  expect(connectTime("127.0.0.1", port, new AbortController().signal)).rejects.toThrow();
  expect(connectTime("127.0.0.1", port, AbortSignal.abort(new Error("late")))).rejects.toThrow("late");
});
