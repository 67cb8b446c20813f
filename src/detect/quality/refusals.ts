/** How answers begin that refuse and say nothing else, in eight languages, folded. */
const REFUSALS = new RegExp(
  [
    "(?:i'?m|i am) (?:really |very |so )?(?:sorry|afraid)\\b(?!,? (?:to hear|about|that you|that your|you|your|for)\\b)[^.!?]{0,40}\\b(?:can ?not|can'?t|unable|not able|won'?t)",
    "\\bi(?: can ?not| can'?t| am unable to|'?m unable to| am not able to|'?m not able to| won'?t)\\b[^.!?]{0,20}\\b(?:help(?! but\\b| [a-z]+ing\\b)|assist|provide|fulfil|comply|answer|do that|create|discuss|support|offer|share|engage)",
    "\\bi (?:must|have to|will have to) (?:respectfully |politely )?decline (?:this request|to (?:help|assist|answer|provide|write|create))",
    "\\bas an? (?:ai|artificial intelligence|large language|language)[^.!?]{0,40}\\b(?:can ?not|can'?t|unable|not able|don'?t have)(?![^.!?]{0,60}\\bbut (?:here|i can|let me|you can|i'?ll))",
    "\\b(?:i'?d|i would) (?:rather|prefer) not(?: to)? (?:help|assist|answer|discuss|engage|write|provide)",
    "\\bthat'?s not something i (?:can|am able to|'?m able to|will) (?:help|assist|do|discuss|provide|support)",
    "\\b(?:this|your|that) (?:request|question|prompt) (?:violates|goes against|is against|conflicts with|may violate)[^.!?]{0,40}\\b(?:polic|guideline|rules|terms)",
    "\\bagainst my (?:guidelines|programming|policies)",
    "\\b(?:es )?tut mir leid\\b[^.!?]{0,60}\\b(?:kann|darf)[^.!?]{0,60}\\bnicht",
    "\\b(?:das )?kann ich (?:dir |ihnen )?(?:leider )?nicht\\b[^.!?]{0,40}(?:helfen|beantworten|weiterhelfen|bereitstellen)",
    "\\b(?:kann|darf) ich (?:dir|ihnen|euch)?\\b[^.!?]{0,30}\\bnicht (?:weiter ?)?(?:helfen|behilflich|unterstutzen|dienen)",
    "\\bich (?:kann|darf|mochte|werde) (?:dir |ihnen )?(?:leider )?(?:diese|dieser|diesem|deine|ihre|hierzu|dazu|darauf|dabei|damit)[^.!?]{0,40}\\bnicht (?:\\w+ )?(?:bearbeiten|beantworten|erfullen|nachkommen|helfen|weiterhelfen|unterstutzen|antworten|ausfuhren|behilflich)",
    "\\b(?:entschuldigung|leider|bedaure),?(?: aber)? (?:das )?kann ich (?:das )?(?:leider )?nicht (?:tun|machen|beantworten)",
    "\\b(?:ich (?:kann|darf)|(?:kann|darf) ich) (?:dir |ihnen )?(?:dazu|hierzu|daruber) (?:leider )?keine (?:auskunft|auskunfte|angaben|informationen|hilfe)",
    "\\bals (?:ki|kunstliche intelligenz|sprachmodell)(?: ?-? ?(?:sprach)?(?:modell|assistent))?\\b[^.!?]{0,50}\\b(?:nicht|keine?n?)\\b",
    "\\bje suis desolee?[^.!?]{0,60}\\bje ne (?:peux|puis)\\b",
    "\\bje ne (?:peux|suis) pas\\b[^.!?]{0,30}(?:aider|repondre|fournir|mesure)",
    "\\ben tant qu'(?:une? )?(?:ia|intelligence|assistant|modele)[^.!?]{0,60}\\bje ne\\b",
    "\\b(?:desolee?|je regrette)\\b[^.!?]{0,60}\\b(?:je ne (?:peux|puis)|(?:il m'est|c'est) impossible)",
    "\\bil m'est impossible de (?:repondre|vous aider|t'aider|traiter|satisfaire|fournir)",
    "\\blo siento\\b[^.!?]{0,50}\\bno puedo",
    "\\b(?:lamento|siento) no poder (?:ayudar|proporcionar|responder|cumplir|atender|ofrecer)|\\bno puedo hacer (?:eso|esto)\\b",
    "\\bno (?:me es posible|estoy en condiciones de) (?:ayudar|proporcionar|responder|cumplir|facilitar|ofrecer)",
    "\\bno puedo (?:ayudar|proporcionar|responder|cumplir|asistir)",
    "\\bcomo (?:una? )?(?:ia|inteligencia artificial|modelo de (?:lenguaje|ia|idioma)|asistente)[^.!?]{0,50}\\bno (?:puedo|tengo|dispongo|soy|estoy|me)\\b",
    "\\bmi dispiace\\b[^.!?]{0,50}\\bnon posso",
    "\\bnon posso (?:aiutar|fornir|risponder|assister|soddisfar|esaudir|accontentar)",
    "\\bnon (?:sono in grado|mi e possibile)(?: di)? (?:aiutar|fornir|risponder|assister|soddisfar|esaudir)",
    "\\bin quanto (?:ia|ai|intelligenza artificiale|modello (?:linguistico|di ia|di ai|di linguaggio))[^.!?]{0,50}\\bnon\\b",
    "\\b(?:desculpe|lamento|sinto muito)\\b[^.!?]{0,50}\\bnao (?:posso|consigo)",
    "\\bnao (?:posso|consigo) (?:ajudar|fornecer|responder|atender)",
    "\\bnao (?:sou capaz de|me e possivel|estou em condicoes de) (?:ajudar|fornecer|responder|atender)",
    "\\bhet spijt me\\b[^.!?]{0,50}\\b(?:kan|mag)\\b[^.!?]{0,40}\\bniet",
    "\\bsorry\\b[^.!?]{0,30}\\b(?:ik kan|kan ik)\\b[^.!?]{0,50}\\bniet",
    "\\bik kan (?:je |u )?(?:daar |hier )?(?:helaas )?niet\\b[^.!?]{0,20}\\bhelpen",
    "\\bhelaas kan ik\\b[^.!?]{0,40}\\bniet (?:\\w+ )?(?:beantwoorden|helpen|geven|verstrekken|uitvoeren|voldoen)",
    "\\bik ben niet in staat (?:om )?(?:je |u |deze |dit |dat |hier|daar)",
    "\\b(?:przykro mi|przepraszam)\\b[^.!?]{0,50}\\bnie (?:moge|jestem)",
    "\\bnie moge (?:pomoc|w tym|odpowiedziec|udzielic|spelnic)",
    "\\bnie jestem w stanie (?:pomoc|w tym|odpowiedziec|udzielic|spelnic|dostarczyc)",
    "\\bjako (?:model jezykowy|ai|sztuczna inteligencja|asystent)[^.!?]{0,50}\\bnie\\b",
  ].join("|"),
  "i",
);

/** What stands in front of what somebody else says, or is to say. */
const QUOTED = /\S\s*["“„«‘]\s?$|\s'$/;

/** How far into an answer a refusal is looked for: later it is about something else. */
const BEGINNING = 240;

/** Whether a folded answer begins by refusing. */
export function refuses(folded: string): boolean {
  const beginning = folded.slice(0, BEGINNING);
  const found = REFUSALS.exec(beginning);
  return found !== null && !QUOTED.test(beginning.slice(0, found.index));
}
