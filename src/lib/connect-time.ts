import { lookup } from "node:dns/promises";
import { connect } from "node:net";

/** Measures how long a TCP connection takes to stand, in milliseconds: one round trip. Rejects where none does. */
export type ConnectTime = (host: string, port: number, signal: AbortSignal) => Promise<number>;

/** Over a socket of its own, closed at once. The name is resolved first, so that this does not count. */
export const connectTime: ConnectTime = async (host, port, signal) => {
  const { address } = await lookup(host);
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const startedMs = performance.now();
  const socket = connect({ host: address, port }, () => resolve(performance.now() - startedMs));
  const stop = (): void => reject(signal.reason);
  socket.once("error", reject);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
};
