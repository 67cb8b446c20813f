import { huPersonalId } from "../../../src/detect/recognisers/hu-personal-id.ts";
import { examples } from "./_examples.ts";

examples(huPersonalId, {
  found: ["személyi szám: ⟦1-850101-1231⟧"],
  passed: ["1-850101-1231", "személyi szám 1-850101-1230"],
});
