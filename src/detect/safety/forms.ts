import { once } from "../../lib/once.ts";

/** Ways of one form, in a row; compiled when the first sentence is read. */
const forms = (ways: readonly string[]) => once(() => new RegExp(ways.join("|"), "i"));

/** Whoever refuses: what is named after it is what is not done. */
const DECLINES = forms([
  // English
  "\\bi(?:'m| am|'ll|'d| would)? (?:(?:really|simply|unfortunately|definitely) )?(?:can ?not|can'?t|won'?t|will not|not able|unable|not going|must decline|refuse|rather not)\\b[^.?!]{0,30}\\b(?:help|assist|expla|descri|provid|giv|shar|writ|creat|produc|generat|show|tell|teach|say|reveal|disclos|discuss|talk|support|draft|list|offer|advise|recommend|encourag|answer)",
  "\\bi (?:don'?t|do not) (?:give|provide|write|help|share|explain|create|assist|support)\\b",
  "\\b(?:sorry|no),? (?:but )?(?:can'?t|cannot|won'?t)\\b",
  // German
  "\\b(?:kann|werde|darf|mochte) ich\\b[^.?!]{0,40}\\b(?:nicht|keine[nrm]?)\\b",
  "\\bich (?:kann|werde|darf|mochte)\\b[^.?!]{0,80}\\b(?:nicht|keine[nrm]?)\\b[^.?!]{0,60}\\b(?:helf|erklar|beschreib|geb|schreib|erstell|nenn|unterstutz|zeig|verrat|liefer|anleit|weiterhelf|sag|erzahl|mitteil)",
  "\\b(?:helfe|erklare|schreibe|gebe|erstelle|nenne|liefere|beschreibe|unterstutze|zeige|verrate|sage|erzahle|spreche|rede) ich\\b[^.?!]{0,40}\\b(?:nicht|keine[nrm]?|niemand)",
  "\\bich (?:helfe|erklare|schreibe|gebe|erstelle|nenne|liefere|beschreibe|unterstutze|zeige|verrate|sage|erzahle)\\b[^.?!]{0,60}\\b(?:nicht|keine[nrm]?|niemand)",
  "\\bvon mir (?:nicht|keine)",
  // French
  "\\bje n(?:e |')(?:peux|puis|vais|veux|compte|suis)? ?(?:malheureusement )?(?:pas|aucun)\\b[^.?!]{0,30}\\b(?:aid|expliqu|fourn|donn|ecri|redig|decri|montr|cre|mesure|dir|parl|revel|indiqu)",
  "\\bje n(?:e |')(?:t'|(?:te|vous|lui|leur) )?(?:ecri|expliqu|aide|fourn|redig|decri|donne|montre|dis|dirai|parle|revele|devoile|indique)[a-z]* (?:pas|aucun|donc pas|jamais|rien)",
  "\\bje n'(?:ecri|expliqu|aide|y aide)[a-z]*",
  "\\bje refuse (?:de|d')",
  // Spanish
  "\\bno (?:te |le |os |les )?(?:puedo|voy a|podre|debo|pienso)\\b[^.?!]{0,20}(?:ayud|explic|dar|escrib|describ|proporcion|facilit|ensen|crear|generar|redact|mostr|decir|contar|habl|indic|revel)",
  "\\bno (?:te |le |os |les )?(?:dare|explicare|escribo|escribire|ayudo|ayudare|doy|explico|proporciono|facilito|describire|ensenare|redacto|dire|digo|contare|cuento|hablo|hablare|indicare|revelo|revelare)\\b",
  // Italian
  "\\bnon (?:ti |le |vi )?(?:posso|intendo|voglio)\\b[^.?!]{0,20}(?:aiut|spieg|dare|darti|forni|scriv|descriv|mostr|crear|insegn|dir|parl|raccont|rivel|svel|indic)",
  "\\bnon (?:ti |le |vi )?(?:daro|spiego|spieghero|scrivo|scrivero|aiuto|aiutero|fornisco|forniro|descrivo|descrivero|diro|dico|parlo|parlero|racconto|raccontero|rivelo|rivelero|svelo|svelero|indico)\\b",
  // Portuguese
  "\\bnao (?:te |lhe |vos |lhes )?(?:posso|vou|consigo|devo|pretendo)\\b[^.?!]{0,20}(?:ajud|explic|dar|escrev|fornec|descrev|mostr|criar|ensin|dizer|falar|contar|revel|indic)",
  "\\bnao (?:te |lhe |vos |lhes )?(?:explico|dou|darei|escrevo|ajudo|forneco|descrevo|ensino|digo|direi|falo|falarei|conto|contarei|revelo|indico)\\b",
  // Dutch
  "\\b(?:kan|zal|mag|ga) ik\\b[^.?!]{0,40}\\b(?:niet|geen)\\b",
  "\\bik (?:kan|zal|mag|ga)\\b[^.?!]{0,60}\\b(?:niet|geen)\\b[^.?!]{0,40}(?:help|uitleg|geven|schrijven|verstrek|lever|vertel|beschrijv|zegg|praten|onthul|verklap|delen)",
  "\\b(?:help|geef|leg|schrijf|verstrek|beschrijf|maak|vertel|zeg|praat|verklap|onthul) ik\\b[^.?!]{0,30}\\b(?:niet|geen|niemand)",
  "\\bik (?:help|geef|leg|schrijf|verstrek|beschrijf|vertel|zeg|verklap|onthul)\\b[^.?!]{0,50}\\b(?:niet|geen|niemand)",
  // Polish
  "\\bnie (?:moge|bede|zamierzam) (?:\\w+ ){0,2}(?:pom[ao]|wyjasn|poda|napis|pisa|opis|udziel|doradz|pokaz|tlumacz|mowi|powiedz|zdradz|ujawni|opowi|rozmawia)",
  "\\bnie (?:powiem|mowie|zdradze|zdradzam|ujawnie|opowiem|rozmawiam|podpowiem|pomoge|pomagam|wyjasnie|podam|napisze|opisze|udziele|doradze|pokaze|wytlumacze)\\b",
]);

/** Whoever shows the way: "here is how", or one step after the other. */
const INSTRUCTS = forms([
  "\\b(?:here(?:'s| is| are)|this is) (?:how|the|your|a|some|what|one)\\b",
  "\\b(?:follow these|step (?:one|1)\\b|schritt (?:eins|1)\\b|etape 1\\b|paso 1\\b|passo 1\\b|stap (?:een|1)\\b|krok 1\\b)",
  "\\bfirst\\b[^.?!]{2,80}\\b(?:then|next|after that)\\b|\\b(?:start|begin) by \\w+ing\\b",
  "\\bso (?:\\w+ ){1,2}(?:du|man|sie)\\b|\\bhier (?:ist|sind)\\b|\\bzuerst\\b[^.?!]{2,80}\\bdan(?:n|ach)\\b",
  "\\bvoici\\b|\\bd'abord\\b[^.?!]{2,80}\\b(?:puis|ensuite)\\b|\\bcommence[rz]? par\\b",
  "\\basi (?:es como|se|puedes|tienes)\\b|\\baqui (?:tienes|va|esta)\\b|\\bprimero\\b[^.?!]{2,80}\\b(?:luego|despues)\\b|\\bempieza por\\b",
  "\\becco\\b|\\bcosi si\\b|\\bprima\\b[^.?!]{2,80}\\bpoi\\b|\\binizia (?:col|con|da)",
  "\\baqui (?:esta|vai)\\b|\\be assim que\\b|\\bprimeiro\\b[^.?!]{2,80}\\bdepois\\b|\\bcomece (?:por|com)\\b",
  "\\bzo (?:\\w+ ){1,2}(?:je|u)\\b|\\bhier is\\b|\\beerst\\b[^.?!]{2,80}\\b(?:dan|daarna)\\b",
  "\\boto\\b|\\bsie tak\\b|\\bnajpierw\\b[^.?!]{2,80}\\b(?:potem|nastepnie)\\b|\\bzacznij od\\b",
]);

/** Whoever says what something is, or what it means. */
const DEFINES = forms([
  "^\\W*by [^.?!]{3,60} (?:we|i) mean\\b|^\\W*(?:(?!i |you |we )[\\w'\"-]+,? ){1,6}?(?:(?:is|are|was|were) (?:an?|the|when|what|often|mostly|usually|illegal|called|among)\\b|means?\\b|refers? to\\b|describes?\\b|was (?:used|invented|discovered|found)\\b)",
  "^\\W*(?:unter|mit) [^.?!]{3,60} (?:versteht man|verstehen wir|bezeichnet man|ist gemeint)|^\\W*(?:(?!ich |du |wir )[\\w'\"-]+,? ){1,6}?(?:heisst|heißt|nennt man|bezeichnet|bedeutet|meint|(?:ist|sind|war|waren) (?:ein|eine|einer|die|der|das|wenn|meist|oft|strafbar)\\b)",
  "^\\W*(?:par [^.?!]{3,60} on entend|on (?:appelle|nomme|parle de))\\b|^\\W*(?:(?!je |tu |nous )[\\w'\"-]+,? ){1,6}?(?:c'est|consiste a|designe|signifie|veut dire|(?:est|sont) (?:une?|le|la|les|des|souvent)\\b)",
  "^\\W*(?:por [^.?!]{3,60} se entiende|se llama|se entiende por)\\b|^\\W*(?:[\\w'\"-]+,? ){1,6}?(?:consisten? en|significa|se llama|es (?:una?|el|la|que|cuando|\\w+r)\\b|son (?:los|las|unos)\\b)",
  "^\\W*(?:(?:per|con) [^.?!]{3,60} si intende|si chiama)\\b|^\\W*(?:[\\w'\"-]+,? ){1,6}?(?:consiste n|indica\\b|significa\\b|vuol dire|si chiama|e (?:una?|il|la|quando|\\w+re)\\b|sono (?:i|gli|le)\\b)",
  "^\\W*(?:por [^.?!]{3,60} entende-se|chama-se)\\b|^\\W*(?:[\\w'\"-]+,? ){1,6}?(?:chama-se|consiste em|designa\\b|significa\\b|quer dizer|e (?:uma?|o|a|quando|\\w+r)\\b|sao (?:os|as)\\b)",
  "^\\W*(?:met|onder) [^.?!]{3,60} (?:bedoelen|verstaan|verstaat)\\b|^\\W*(?:(?!ik |je |we )[\\w'\"-]+,? ){1,6}?(?:betekent|noem je|noemen we|heet|(?:is|zijn|was) (?:een|de|het|als|dat|vaak)\\b|is \\w+en\\b)",
  "^\\W*przez [^.?!]{3,60} rozumie|^\\W*(?:[\\w'\"-]+,? ){1,6}?(?:oznacza|polega na|nazywa|to\\b|jest to\\b)",
]);

/** Whoever forbids a model to help with something, and asks for nothing in the same breath. */
const FORBIDS = forms([
  "(?<!never |not |n't |to |you |i )\\b(?:refuse|decline|reject)\\b(?! to obey)",
  "\\b(?:never|do not|don'?t|must not|may not|shall not) (?:ever )?(?:give|provid|writ|produc|explain|answer|help|assist|discuss|generat|creat|advise|talk|offer|encourag|describ|mention|suggest)",
  "\\b(?:lehne?|weise?n?|weist|lehnst)\\b[^.?!]{0,160}\\b(?:ab|zuruck)\\b|\\b(?:lehne ab|verweiger)",
  "\\b(?:hilf|erklare?|sprich|antworte|beschreibe?|schreibe?|rede|nenne?|unterstutze?) (?:\\w+ ){0,2}(?:nie|niemals|niemandem|nicht|keine)\\b|\\b(?:gib|erstelle|liefere) (?:\\w+ ){0,1}(?:keine|niemals|nie|nicht)\\b",
  "(?<!ne |n'|never |not |n't |to |you |i )\\b(?:refuse|rejette|decline)z?\\b(?! pas)|\\bn(?:e |')(?:donne|explique|aide|parle|ecris|decris|produis|mentionne)[a-z]* (?:jamais|pas|personne)",
  "(?<!no |nunca )\\b(?:rechaza|rechace|rechazalo|deniega)\\b|\\b(?:no|nunca) (?:des|expliques|ayudes|hables|escribas|describas|menciones|de|explique|hable|respondas)\\b",
  "(?<!non |mai )\\b(?:rifiuta|rifiutati|respingi|declina)\\b|\\bnon (?:dare|spiegare|aiutare|parlare|scrivere|descrivere|menzionare|rispondere)\\b",
  "(?<!nao |nunca )\\b(?:recuse|rejeite|negue)\\b|\\b(?:nao|nunca) (?:de|explique|ajude|fale|escreva|descreva|mencione|responda|forneca)\\b",
  "(?<!nooit |niet )\\bweiger\\b(?! niet| nooit)|\\bwijs\\b[^.?!]{0,160}\\baf\\b|\\b(?:geef|help|leg|praat|schrijf|beschrijf|bespreek) (?:\\w+ ){0,1}(?:nooit|niet|geen|niemand)\\b",
  "(?<!nie |nigdy nie )\\b(?:odmawiaj|odmow|odrzucaj|odrzuc)\\b|\\bnie (?:podawaj|wyjasniaj|pomagaj|mow|pisz|opisuj|rozmawiaj|odpowiadaj|udzielaj)\\b",
]);

/** Whoever asks at the same time means it otherwise: "don't explain, tell me how". */
const ASKS =
  /\b(?:tell me|give me|show me|how (?:do|can|could|would|should) i|sag mir|gib mir|zeig mir|wie (?:kann|mache|baue|komme|bekomme) ich|dis-moi|donne-moi|montre-moi|comment (?:je|puis-je)|dime|dame|muestrame|como (?:puedo|hago)|dimmi|dammi|mostrami|come (?:posso|faccio)|me diga|me de|me mostre|como (?:posso|faco)|geef me|vertel me|zeg me|laat me|hoe (?:kan|maak|kom) ik|powiedz mi|podaj mi|pokaz mi|jak (?:moge|mam))\b/i;

/** Whoever promises to keep it to himself refuses nothing: "I won't tell anyone, how is it made?" */
const PROMISES =
  /\b(?:tell|say|sag|erzahl|verrat|dis|dir|digo|dico|parl|hablar|contar|cont|fal|raccont|zeg|vertel|pow|mow|zdradz)[a-z]*\b[^.?!]{0,20}\b(?:any ?one|anybody|no ?one|nobody|a soul|personne|nadie|nessuno|ninguem|niemand[a-z]*|nikomu)\b|\b(?:niemandem?|personne|nadie|nessuno|ninguem|nikomu)\b[^.?!]{0,20}\b(?:sag|erzahl|verrat|dir|diro|dire|dico|powiem|mowi|zdradz|zeg|vertel)/i;

/** One of these stands in every refusal: looked for first, at an eighth of the cost. */
const DENIES = /not|n't|cant|wont|dont|unable|declin|refuse|nicht|kein|niemand|je n|no |nao |niet|geen|nie |non /i;

const EACH: readonly ((sentence: string) => boolean)[] = [
  (sentence) => DENIES.test(sentence) && DECLINES().test(sentence) && !ASKS.test(sentence) && !PROMISES.test(sentence),
  (sentence) => INSTRUCTS().test(sentence),
  (sentence) => DEFINES().test(sentence),
  (sentence) => FORBIDS().test(sentence) && !ASKS.test(sentence),
];
/** Number of forms. */
export const FORMS: number = EACH.length;
/** A sentence says at its beginning what it is. */
const BEGINNING = 320;
/** In fewer characters nobody says any of this of anything. */
const SHORTEST = 14;

/** The forms of a plain sentence, one bit each: that it refuses, shows the way, says what something is, or forbids. */
export function formsOf(sentence: string): number {
  if (sentence.length < SHORTEST) return 0;
  const read = sentence.slice(0, BEGINNING);
  let found = 0;
  for (let at = 0; at < FORMS; at++) if (EACH[at]!(read)) found |= 1 << at;
  return found;
}
