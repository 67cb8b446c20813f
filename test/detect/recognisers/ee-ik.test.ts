import { eeIk } from "../../../src/detect/recognisers/ee-ik.ts";
import { examples } from "./_examples.ts";

examples(eeIk, {
  found: ["isikukood ⟦36805280109⟧"],
  passed: ["36805280109", "isikukood 36805280108", "isikukood 36813280109"],
});
