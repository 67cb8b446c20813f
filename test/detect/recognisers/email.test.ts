import { email } from "../../../src/detect/recognisers/email.ts";
import { examples } from "./_examples.ts";

examples(email, {
  found: [
    "write to ⟦max [at] example [dot] com⟧",
    "⟦max(at)example.de⟧ or ⟦max (at) mail.example.de⟧",
    "⟦max AT example DOT com⟧",
    "⟦name.surname at gmail dot com⟧ is mine",
    "?email=⟦max%40example.com⟧&x=1",
    "?email=⟦max.muster%2Bnews%40example.com⟧",
    "email%3D⟦max%40example.com⟧%26x",
    "<a>⟦max&#64;example.com⟧</a> ⟦max&commat;example&#46;com⟧",
    "_⟦max@example.com⟧_ **⟦max@example.com⟧** <mailto:⟦max@example.com⟧>",
    "Hi\\n⟦max@example.com⟧\\n",
    "Write to ⟦anna.smith+news@mail.example.co.uk⟧.",
    '"⟦o\'brien@example.ie⟧"',
    "⟦jörg@müller.example⟧ and ⟦info@xn--mller-kva.de⟧",
    "mailto:⟦a_b-c@x1.example⟧?subject=x",
    "(⟦user@[192.168.2.1]⟧)",
    "Ends here: ⟦anna@example.com⟧, or not.",
  ],
  passed: [
    "look at amazon dot com for it",
    "we met at noon and at the dot of one",
    "array[at] and x.y",
    "50%40",
    "a (at) b",
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
