import { describe, expect, test } from "bun:test";
import { MAP_SIZE, onMap } from "../../../../src/console/ui/regions/europe.ts";
import { type LabelBox, placeLabels } from "../../../../src/console/ui/regions/map-labels.ts";

const CITIES = {
  "scaleway-par-1": [2.35, 48.86],
  "ovh-gra-1": [2.13, 50.99],
  "ovh-rbx-1": [3.18, 50.69],
  "hetzner-fsn-1": [12.37, 50.48],
  "hetzner-hel-1": [24.94, 60.17],
  "atnorth-sto-1": [18.07, 59.33],
  "atnorth-isl-1": [-21.9, 64.15],
} as const;
const marks = Object.entries(CITIES).map(([name, at]) => ({ ...onMap(at), lines: [name, "380 g, annual"] }));

const apart = (a: LabelBox, b: LabelBox): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

describe("labels of the map", () => {
  test.each([15, 22])("letters of %d: none hides another or a mark, and all are on the map", (size) => {
    const boxes = placeLabels(marks, { ...MAP_SIZE, size });
    for (const [at, box] of boxes.entries()) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(MAP_SIZE.width);
      expect(box.y + box.height).toBeLessThanOrEqual(MAP_SIZE.height);
      for (const other of boxes.slice(at + 1)) expect(apart(box, other)).toBe(true);
      for (const { x, y } of marks) expect(apart(box, { x: x - 5, y: y - 5, width: 10, height: 10 })).toBe(true);
    }
  });

  test("where there is no room, every label still has a place", () => {
    const crowd = Array.from({ length: 40 }, () => ({ x: 50, y: 50, lines: ["a region"] }));
    expect(placeLabels(crowd, { width: 100, height: 100, size: 15 })).toHaveLength(40);
  });
});
