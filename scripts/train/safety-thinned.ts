/** Windows of a text without some of their features, so that none is relied on. */

/** A window's features, each with what it is multiplied by. */
export interface Window {
  readonly features: Int32Array;
  readonly values: Float32Array;
}

/** A window without some of its features: the first `count` of what is held are meant. */
export interface Thinned {
  features: Int32Array;
  values: Float32Array;
  count: number;
}

/** Used again for the next text: new arrays for each would be most of the work. */
const room: Thinned[] = [];

/** Windows without a share `drop` of their features, drawn from `random`. They hold until the next call. */
export function thinnedWindows(windows: readonly Window[], drop: number, random: () => number): readonly Thinned[] {
  for (const [at, { features, values }] of windows.entries()) {
    room[at] ??= { features: new Int32Array(0), values: new Float32Array(0), count: 0 };
    const thinned = room[at];
    if (thinned.features.length < features.length) {
      thinned.features = new Int32Array(2 * features.length);
      thinned.values = new Float32Array(2 * features.length);
    }
    let kept = 0;
    for (let from = 0; from < features.length; from++) {
      if (random() < drop) continue;
      thinned.features[kept] = features[from]!;
      thinned.values[kept++] = values[from]! / (1 - drop);
    }
    thinned.count = kept;
  }
  return room;
}
