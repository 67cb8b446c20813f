import { emailSpelled } from "../../../src/detect/recognisers/email-spelled.ts";
import { examples } from "./_examples.ts";

examples(emailSpelled, {
  found: [
    "contact ⟦john dot doe at example dot com⟧ please",
    "E-Mail: ⟦max.muster at mail dot example dot de⟧",
    "mail me: ⟦jane at uni.example dot edu⟧!",
  ],
  passed: [
    "look at amazon dot com for it",
    "I met john at example dot com",
    "contact me at noon dot",
    "mail it at once",
  ],
});
