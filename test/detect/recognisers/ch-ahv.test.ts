import { chAhv } from "../../../src/detect/recognisers/ch-ahv.ts";
import { examples } from "./_examples.ts";

examples(chAhv, {
  found: ["⟦756.9217.0769.85⟧", "AVS ⟦7569217076985⟧"],
  passed: ["756.9217.0769.86", "757.9217.0769.85", "756.9217.0769"],
});
