import { address } from "../../../src/detect/recognisers/address.ts";
import { examples } from "./_examples.ts";

examples(address, {
  found: [
    "in der ⟦Hauptstraße 12, 10115 Berlin⟧ wohnt",
    "⟦Karl-Marx-Allee 4a⟧",
    "at ⟦221B Baker Street, London NW1 6XE⟧.",
    "⟦350 Fifth Ave, New York, NY 10118⟧",
    "⟦12 bis rue de la Paix, 75002 Paris⟧",
    "⟦Via Roma 12, 00184 Roma⟧. Poi",
    "⟦Calle Mayor 5, 28013 Madrid⟧",
    "⟦Rua Augusta 100, 1100-053 Lisboa⟧",
    "⟦Prinsengracht 263, 1016 GV Amsterdam⟧",
    "⟦ul. Marszałkowska 10/5, 00-590 Warszawa⟧",
    "⟦Avenue de la Gare 7, 1950 Sion⟧",
    "⟦Bahnhofstrasse 42\n8001 Zürich⟧",
    "⟦Am Alten Markt 3, 50667 Köln⟧",
    "⟦Unter den Linden 77, 10117 Berlin⟧",
  ],
  passed: [
    "During 2021 it",
    "in spring 2024",
    "Brigade 4",
    "593 U.S. 1 (2021), 141 S. Ct. 1183",
    "figure 12 rue de la Paix",
    "Free Software\n#  Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA",
    "the street is long",
    "step 3 Open Settings",
    "Im Jahr 2020 Zum Beispiel",
    "Am Montag 12",
  ],
});
