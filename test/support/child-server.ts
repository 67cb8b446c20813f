/** A port that was free a moment ago. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}

/**
 * Resolves when the log of a server says `text`, and rejects where it ends before. Reads on, or the server would wait for
 * somebody to read.
 */
export function logged(log: ReadableStream<Uint8Array>, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    void (async () => {
      const decoder = new TextDecoder();
      let read = "";
      for await (const bytes of log) {
        read += decoder.decode(bytes, { stream: true });
        if (read.includes(text)) resolve();
      }
      reject(new Error(`The server has ended: ${read}`));
    })();
  });
}
