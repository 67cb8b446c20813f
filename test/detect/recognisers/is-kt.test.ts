import { isKt } from "../../../src/detect/recognisers/is-kt.ts";
import { examples } from "./_examples.ts";

examples(isKt, {
  found: ["⟦120174-3399⟧", "kennitala ⟦1201743399⟧"],
  passed: ["120174-3389", "1201743399", "order 120174-3399"],
});
