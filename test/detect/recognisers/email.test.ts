import { email } from "../../../src/detect/recognisers/email.ts";
import { examples } from "./_examples.ts";

examples(email, {
  found: [
    "Write to ⟦anna.smith+news@mail.example.co.uk⟧.",
    '"⟦o\'brien@example.ie⟧"',
    "⟦jörg@müller.example⟧ and ⟦info@xn--mller-kva.de⟧",
    "mailto:⟦a_b-c@x1.example⟧?subject=x",
    "(⟦user@[192.168.2.1]⟧)",
    "Ends here: ⟦anna@example.com⟧, or not.",
  ],
  passed: [
    "icons-64x64@2.tar",
    "data@2024.csv",
    "icon@2x.png",
    "git@github.com:oven-sh/bun.git",
    "@decorator and a @ b.c",
    "q@k.transpose(-2, -1)",
    "lodash@4.17.21",
    "anna@localhost",
    "user@-bad.example",
  ],
});
