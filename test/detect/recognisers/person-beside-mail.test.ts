import { personBesideMail } from "../../../src/detect/recognisers/person-beside-mail.ts";
import { examples } from "./_examples.ts";

examples(personBesideMail, {
  found: [
    "ouvert par ⟦Margaux d'Aubigny⟧ <m@example.org>",
    "a las 9:15, ⟦Carmen Cano Ibáñez⟧ (<pcano@example.org>) escribió",
    "On Tue, 3 Mar 2026 at 10:11, ⟦Anna Berger⟧ <a.berger@example.org> wrote:",
    'Cc: "⟦Łukasz Nowak-Kowalski⟧" <l@example.org>, ⟦Jan van Dijk⟧ <jan@example.org>',
    "From: ⟦Smith, John⟧ <john.smith@example.org>",
    'To: "⟦van der Berg, Anna⟧" <a@example.org>; "⟦García López, Carmen M.⟧" <c@example.org>',
    "Thanks, ⟦Anna Berger⟧ <a@example.org>",
    "Viele Grüße, ⟦Anna Berger⟧ <a@example.org>",
    "⟦Grüßer, Anna⟧ <a@example.org>",
    "Müller-Lüdenscheidt, ⟦Hans Peter Kunz⟧ <h@example.org>",
    "⟦Müller, Hans Peter⟧ <h@example.org>",
    "⟦John F. Miller⟧ <john+news@example.org>",
  ],
  passed: [
    "Google Cloud <noreply@example.org>",
    "Anna <a@example.org>",
    "Hello, Anna <a@example.org>",
    "Dziękuję, Anna <a@example.org>",
    "Viele Grüße, Anna <a@example.org>",
    "Kind Regards, John <j@example.org>",
    "Vielen Dank, Anna <a@example.org>",
    "On Monday, Anna <a@example.org> wrote:",
    "Support, Google <g@example.org>",
    "Anna Berger <b>",
    "Anna Berger < a@b",
  ],
});
