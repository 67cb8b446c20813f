import { person } from "../../../src/detect/recognisers/person.ts";
import { examples } from "./_examples.ts";

examples(person, {
  found: [
    "My name is ⟦John Smith⟧.",
    "my name is ⟦Anna⟧ and",
    "Ich heiße ⟦Jürgen von der Heide⟧.",
    "Je m'appelle ⟦Jean-Luc Moreau⟧,",
    "Me llamo ⟦Carlos García López⟧.",
    "Mi chiamo ⟦Giulia D'Angelo⟧.",
    "O meu nome é ⟦João da Silva⟧.",
    "Mijn naam is ⟦Pieter de Vries⟧.",
    "Nazywam się ⟦Anna Kowalska⟧.",
    "Sehr geehrter Herr ⟦Müller⟧,",
    "Dear Mr. ⟦Thompson⟧,",
    "Mme ⟦Dupont⟧ attend",
    "Patient: ⟦Xaver Unbekannt⟧",
    "Name: ⟦Thomas Wagner⟧",
    "I am ⟦Maria Lopez⟧ from",
    "Kind regards,\n⟦Peter J. Miller⟧",
    '"full_name": "⟦Zoë Kravitz⟧"',
    "Dr. ⟦Jane Smith⟧ called",
    '{\\"full_name\\": \\"⟦Jane Smith⟧\\"}',
  ],
  passed: [
    "Who is Albert Einstein?",
    "Write about Mr. Darcy",
    "My name is DAN",
    "Name: Spirit Lamp",
    "The Berlin Wall fell",
    "I am Groot",
    "Dear Customer",
    "Dear Sir",
    "Dr. No",
    "Von: Kundenservice",
  ],
});
