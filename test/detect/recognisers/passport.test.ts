import { passport } from "../../../src/detect/recognisers/passport.ts";
import { examples } from "./_examples.ts";

examples(passport, {
  found: [
    '{"passport":"⟦C01X00T47⟧","seat":"AB123456"}',
    "paspoort ⟦NXK7P1D23⟧",
    "Passport number ⟦C01X00T47⟧",
    "Reisepass: ⟦C4VPPJHF5⟧",
    "passeport n° ⟦12AB34567⟧",
    "pasaporte ⟦AAA123456⟧",
    "passport no. ⟦533401372⟧",
  ],
  passed: ["C01X00T47", "my passport expires in 2027", "order 533401372"],
});
