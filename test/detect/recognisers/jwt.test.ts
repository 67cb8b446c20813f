import { jwt } from "../../../src/detect/recognisers/jwt.ts";
import { examples } from "./_examples.ts";

examples(jwt, {
  found: ["Bearer ⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl⟧"],
  passed: ["eyJub3QiOiJhbGcifQ.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJIUzI1NiJ9", "eyJ!!!"],
});
