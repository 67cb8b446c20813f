/** A point of the map and the lines of text that belong to it. */
export interface Marked {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
}

/** Where a label stands: its left upper corner and its size, in units of the map. */
export interface LabelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What labels are set in. */
export interface LabelSpace {
  readonly width: number;
  readonly height: number;
  /** Height of letters, in units of the map. */
  readonly size: number;
}

/** Width of a letter against its height, for the widest usual font. */
const LETTER = 0.66;
const LINE = 1.2;
/** Half of a mark's width, against the height of letters. */
const MARK = 0.6;
/** Room between two labels, against the height of letters. */
const GAP = 0.3;
const WAYS = [0, 1, 2, 3, 4, 5, 6, 7].map((way) => (way * Math.PI) / 4);
const REACHES = [1, 2, 3.5, 5.5];
const ROUNDS = 3;

/**
 * Sets labels so that none hides another one, a mark, or leaves the map, as near to their marks as that goes. Where
 * there is no such place, the one that hides least.
 */
export function placeLabels(marks: readonly Marked[], space: LabelSpace): LabelBox[] {
  const half = MARK * space.size;
  const spots = marks.map(({ x, y }) => ({ x: x - half, y: y - half, width: 2 * half, height: 2 * half }));
  const boxes: (LabelBox | undefined)[] = marks.map(() => undefined);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, mark] of marks.entries()) {
      const others = boxes.filter((box, index): box is LabelBox => index !== at && box !== undefined);
      boxes[at] = bestOf(candidates(mark, space.size), [...others, ...spots], space);
    }
  }
  return boxes as LabelBox[];
}

interface Candidate {
  readonly box: LabelBox;
  /** What being there costs by itself: how far it is from its mark. */
  readonly far: number;
}

function candidates({ x, y, lines }: Marked, size: number): Candidate[] {
  const width = Math.max(...lines.map((line) => line.length)) * size * LETTER;
  const height = lines.length * size * LINE;
  return REACHES.flatMap((reach) =>
    WAYS.map((way, index) => {
      const [along, down] = [Math.cos(way), Math.sin(way)];
      const middle = {
        x: x + along * (reach * size + width / 2),
        y: y + down * (reach * size + height / 2),
      };
      return { box: { x: middle.x - width / 2, y: middle.y - height / 2, width, height }, far: reach * 10 + index };
    }),
  );
}

function bestOf(from: readonly Candidate[], taken: readonly LabelBox[], { width, height, size }: LabelSpace): LabelBox {
  let best: LabelBox | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { box, far } of from) {
    const inside = common(box, { x: 0, y: 0, width, height });
    const outside = box.width * box.height - inside;
    const hidden = taken.reduce((sum, other) => sum + common(grown(box, GAP * size), other), 0);
    const cost = 100 * (outside + hidden) + far;
    if (cost < least) [best, least] = [box, cost];
  }
  return best!;
}

/** The same place with room around it. */
function grown({ x, y, width, height }: LabelBox, by: number): LabelBox {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** The area that both cover. */
function common(a: LabelBox, b: LabelBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}
