/** The words for streets, as alternatives of a pattern, by where they stand. */
export const TRADES = {
  /** At the end of a German, Dutch or Nordic word. */
  suffixes:
    "[sS]traße|[sS]trasse|[sS]tr\\.|-Ring|sring|[gG]asse|[aA]llee|[pP]latz|[wW]eg|damm|ufer|chaussee|steig|straat|laan|gracht|plein|kade|dreef|gatan|vägen|vej|gade|gata|veien|katu",
  /** As those, words by themselves. */
  german: "Straße|Strasse|Str\\.|Allee|Damm|Chaussee|Ufer|(?:Haupt|Land)(?:straße|strasse|str\\.)",
  /** At the end as well, of words that have other meanings too: the town must follow. */
  rareSuffixes:
    "ring|hof|berg|graben|markt|wall|stieg|stiege|promenade|zeile|pfad|rain|kamp|pad|baan|steeg|lei|boulevard|singel|dijk|hoek|wal|plantsoen|vest|dam",
  /** In front of the name, which the number follows: Spanish, Italian, Portuguese, Polish. */
  first:
    "[Cc]alle|C/|[Aa]vda\\.?|Avd\\.|[Aa]venida|[Pp]laza|Pza\\.|[Pp]aseo|Pº|[Cc]amino|[Cc]arretera|Ctra\\.|Ronda|Glorieta|Rambla|Cuesta|Travesía|Pasaje|Urbanización|Urb\\.|Carrer|Avinguda|Plaça|[Vv]ia|[Vv]iale|V\\.le|[Pp]iazza|P\\.z?za|[Pp]iazzale|[Cc]orso|C\\.so|Largo|[Vv]icolo|Strada|[Cc]ontrada|Rotonda|Salita|Lungomare|Lungotevere|Borgo|Località|Loc\\.|Frazione|Fraz\\.|Traversa|[Rr]ua|R\\.|Av\\.?|[Pp]raça|Praceta|Beco|Calçada|Urbanização|Travessa|Estrada|Alameda|[Uu]l\\.|[Uu]lica|[Aa]l\\.|[Aa]leja|[Aa]leje|[Pp]l\\.|[Pp]lac|[Oo]s\\.|[Oo]siedle",
  /** As those, where a link word follows. */
  swiss: "Rue|Avenue|Chemin|Boulevard|Place|Quai|Route",
  /** Behind the number. */
  french:
    "rue|Rue|avenue|Avenue|av\\.|boulevard|Boulevard|bd|Bd|place|Place|chemin|Chemin|allée|allées|impasse|quai|Quai|route|cours|square|passage|villa",
  /** Behind the name. */
  english:
    "Street|Road|Avenue|Lane|Drive|Court|Boulevard|Place|Square|Terrace|Close|Crescent|Gardens|Grove|Highway|Parkway|Mews|Row|Way|Trail|Circle|(?:St|Rd|Ave|Ln|Dr|Ct|Blvd|Pl|Sq|Hwy|Pkwy|Cir|Trl)\\.?",
} as const;
