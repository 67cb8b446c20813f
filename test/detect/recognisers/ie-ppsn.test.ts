import { iePpsn } from "../../../src/detect/recognisers/ie-ppsn.ts";
import { examples } from "./_examples.ts";

examples(iePpsn, {
  found: ["PPS number ⟦6433435F⟧", "PPSN: ⟦6433435oa⟧"],
  passed: ["6433435F", "PPSN 6433435G"],
});
