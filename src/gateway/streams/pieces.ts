/** What leaves for a client, as it is gathered. */

/** Bytes for the client, or what makes them when it takes them. */
export type Piece = Uint8Array | (() => Uint8Array);

/** Appends a piece, joined to the one before where both are neighbours in one network chunk. */
export function push(out: Piece[], piece: Uint8Array): void {
  const last = out.at(-1);
  if (
    last instanceof Uint8Array &&
    last.buffer === piece.buffer &&
    last.byteOffset + last.byteLength === piece.byteOffset
  ) {
    out[out.length - 1] = new Uint8Array(
      last.buffer as ArrayBuffer,
      last.byteOffset,
      last.byteLength + piece.byteLength,
    );
  } else out.push(piece);
}

/** What is made for the client only when it takes it is made now. */
export function bytesOf(piece: Piece): Uint8Array {
  return typeof piece === "function" ? piece() : piece;
}
