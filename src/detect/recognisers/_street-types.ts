/** The words for streets, as alternatives of a pattern, by where they stand. */
export const TRADES = {
  /** At the end of a German, Dutch or Nordic word. */
  suffixes:
    "[sS]traße|[sS]trasse|[sS]tr\\.|-Ring|sring|gasse|[aA]llee|[pP]latz|[wW]eg|damm|ufer|chaussee|steig|straat|laan|gracht|plein|kade|dreef|gatan|vägen|vej|gade|gata|veien|katu",
  /** In front of the name, which the number follows: Spanish, Italian, Portuguese, Polish. */
  first:
    "[Cc]alle|C/|Avda\\.?|[Aa]venida|[Pp]laza|[Pp]aseo|Camino|Carretera|Ronda|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|Largo|Vicolo|Strada|[Rr]ua|R\\.|Av\\.|[Pp]raça|Travessa|Estrada|Alameda|ul\\.|Ul\\.|ulica|Ulica|al\\.|Al\\.|aleja|pl\\.|Pl\\.|os\\.",
  /** As those, where a link word follows. */
  swiss: "Rue|Avenue|Chemin|Boulevard|Place|Quai|Route",
  /** Behind the number. */
  french:
    "rue|Rue|avenue|Avenue|av\\.|boulevard|Boulevard|bd|Bd|place|Place|chemin|Chemin|allée|allées|impasse|quai|Quai|route|cours|square|passage|villa",
  /** Behind the name. */
  english:
    "Street|Road|Avenue|Lane|Drive|Court|Boulevard|Place|Square|Terrace|Close|Crescent|Gardens|Grove|Highway|Parkway|Mews|Row|(?:St|Rd|Ave|Ln|Dr|Ct|Blvd|Pl|Sq|Hwy|Pkwy)\\.?",
} as const;
