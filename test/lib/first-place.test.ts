import { expect, test } from "bun:test";
import { firstPlace } from "../../src/lib/first-place.ts";

test("the first place of each row where something holds is found, with few looks", () => {
  for (let count = 0; count < 40; count++) {
    for (let first = 0; first <= count; first++) {
      let looks = 0;
      const found = firstPlace(count, (place) => {
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(count);
        looks++;
        return place >= first;
      });
      expect(found).toBe(first);
      expect(looks).toBeLessThanOrEqual(Math.ceil(Math.log2(count + 1)));
    }
  }
});
