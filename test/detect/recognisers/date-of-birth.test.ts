import { dateOfBirth } from "../../../src/detect/recognisers/date-of-birth.ts";
import { examples } from "./_examples.ts";

examples(dateOfBirth, {
  found: [
    "Date of Birth (DD/MM/YYYY): ⟦12/03/1984⟧",
    "Fecha de nac.: ⟦3-3-1970⟧",
    "Geb.-Datum ⟦03.04.1970⟧",
    "DOB: ⟦12/03/1985⟧",
    "I was born on ⟦March 4, 1990⟧",
    "Ich bin geboren am ⟦12.03.1985⟧",
    "Geburtsdatum: ⟦15. März 1985⟧",
    "Je suis née le ⟦4 mai 1980⟧",
    "Fecha de nacimiento: ⟦5 de mayo de 1979⟧",
    "Data di nascita: ⟦3 marzo 1990⟧",
    "ur. ⟦12.05.1991⟧",
    "Geboortedatum: ⟦12-04-1977⟧",
    '"date_of_birth": "⟦1985-03-12⟧"',
    "data de nascimento: ⟦01/02/1988⟧",
    "birthdate=⟦19850312⟧",
    "nasci a ⟦12 de março de 1985⟧",
    "born on ⟦12 March 1985⟧",
    "Jane Doe, born ⟦12 March 1985⟧, lives",
    "Anna Maier, geboren am ⟦12. März 1985⟧",
    "Claire Petit, née le ⟦12 mars 1985⟧",
  ],
  passed: [
    "on 12/03/1985",
    "Albert Einstein was born on 14 March 1929",
    "DOB: 45/13/1985",
    "born in 1990",
    "birthdate=19851342",
    "Barack Obama (born August 4, 1961)",
    "Goethe wurde geboren am 28. August 1949",
  ],
});
