/** "My name is" and its like, right in front: what follows is a name, whatever it is. */
export const INTRODUCED =
  /(?:\bmy (?:full |first |last |real )?name(?:'s| is)|\bi am called|\bthey call me|\bich heiße|\bich heisse|\bmein (?:voller )?name (?:ist|lautet)|\bje m['’]appelle|\bmon nom (?:complet )?est|\bje me nomme|\bme llamo|\bmi nombre (?:completo )?es|\bmi chiamo|\bil mio nome (?:completo )?è|\bchamo-me|\bme chamo|\b(?:o )?meu nome (?:completo )?é|\bmijn (?:volledige )?naam is|\bik heet|\bnazywam się|\bmam na imię|\bmoje imię(?: i nazwisko)? to|\bjeg hedder|\bjag heter|\bminun nimeni on) $/i;

/** A salutation with a title, or a title of a language in which it is hardly used of the famous and the invented. */
export const SALUTED =
  /(?:^|[^\p{L}])(?:(?:[Dd]ear|[Bb]este|[Cc]ar[oa]|[Cc]h(?:er|ère)|[Bb]onjour|[Gg]entile|[Ee]gregi[oa]|[Ee]stimad[oa]|[Pp]rezad[oa]|[Gg]eachte|[Ss]zanown[ya]) (?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Doctor|Monsieur|Madame|M|Mme|Signor[ae]?|Sig(?:\.?ra)?|Dott(?:\.ssa)?|Sra?|Señora?|Senhora?|heer|mevrouw|meneer|Panie|Pani|Pan)\.?(?: Dra?\.| Dott\.(?:ssa)?| Prof\.| Eng\.)?|Herrn?(?: Dr\.)?|Frau(?: Dr\.)?|Mme|Mlle|Sig\.|Sig\.ra|(?:Ex\.?ma?\.? )?Sra\.(?: D\.| Dra\.)?|(?:[Ee]x\.?m[oa]\.?|[Ii]lm[oa]\.) Sra?\.|Sr\.(?: D\.| Dr\.)|Srta\.|[Dd]hr\.|[Mm]evr\.|[Mm]w\.|[Mm]evrouw|[Dd]e heer|Pani|Panią|Pana|Panem|Panu) $/u;

/** A title right in front. */
export const TITLED =
  /(?:^|[^\p{L}])(?:Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?(?: med\.)?|Prof\.?(?: Dr\.)?|Monsieur|Madame|M\.|Signora?|Signor|Dott\.?(?:ssa)?|[iI]\. ?[AV]\.|ppa\.|Avv\.|Geom\.|Arch\.|Maître|Sr\.?|Señora?|Señor|Senhora?|Senhor|Pan|sig\.(?:ra)?|Spett\.le|D\.ª?|Dª\.?|Dña\.?|Doña|[Pp]an|pani[ąa]?|panem|pana|panu|[Dd]r n\. med\.|[Ll]ek\. med\.|mgr|inż\.|Dra\.|Drª\.?|Dott\.ssa|Dr\.ª|Eng\.º?|Ing\.|Ir\.|Drs\.) $/u;

/** The label of a form that only persons fill in, right in front. */
export const NAMED =
  /(?:^|[^\p{L}])(?:(?:full|first|last|sur|given|middle|maiden|legal|preferred|patient|employee|card[ _-]?holder|account[ _-]?holder|policy[ _-]?holder|applicant|tenant|customer|client|contact|recipient|passenger|guest|student|member|payee|beneficiary|billing|shipping)[ _-]?name|name des (?:kunden|patienten)|vor-[ _]?und[ _]nachname|vorname|nachname|familienname|(?:kunden|patienten)name|patient(?:in)?|ansprechpartner(?:in)?|mieter(?:in)?|versicherte[r]?|karteninhaber(?:in)?|kontoinhaber(?:in)?|(?:account|policy|card)[ _-]?holder|account name|passenger|beneficiary|titular de la cuenta|titulaire du compte|intestatario del conto|rekeninghouder|właściciel konta|nom[ _](?:complet|et[ _]pr[ée]nom|de[ _]famille|du[ _]patient)|pr[ée]nom|titulaire|passag[eè]re?|assurée?|patiente|nombre[ _](?:completo|y[ _]apellidos)|apellidos?|paciente|pasajer[oa]|titular|nome[ _](?:completo|pr[óo]prio|e[ _]cognome)|cognome[ _]e[ _]nome|apellidos[ _]y[ _]nombre|nom[ _]et[ _]pr[ée]nom|name,?[ _]vorname|last name, first name|passegger[oa]|passageir[oa]|cognome|intestatario|paziente|apelido|utente|volledige[ _]naam|(?:voor-[ _]?en[ _])?achternaam|voornaam|patiënt|passagier|reisende[r]?|fahrgast|verzekerde|imi[ęe](?:[ _](?:i[ _])?nazwisko)?(?: (?:pacjent|klient|pracownik|ubezpieczon|najemc|uczni|dzieck|właściciel)\p{Ll}{1,4})?|nazwisko(?:[ _]i[ _]imi[ęe])?|pasażer(?:ka)?|posiadacz(?:ka)?(?: rachunku)?|pacjent(?:ka)?|f[öo]rnamn|efternamn|fornavn|etternavn|efternavn|etunimi|sukunimi|p[řr][íi]jmen[íi]|priezvisko|prezime|priimek|vezet[ée]kn[ée]v|keresztn[ée]v|prenume|nomeproprio|nom(?:complet|famille)|nombrecompleto|nomecompleto|volledigenaam|imienazwisko)\\?["']?\s?(?:[:=]|→)\s{0,2}\\?["']?(?:(?:Mr|Mrs|Ms|Dr|Herrn?|Frau|M|Mme|Sig|Sra?)\.? )?$/iu;

/** A label that Romance forms have before a given name alone, on a line of its own. */
export const GIVEN_LABEL =
  /(?:(?:^|\n)[^\p{L}\n]{0,6}|["'])(?:nombre|nome)["']?\s?[:=]\s?["']?$|"given"\s?:\s?\[?\s?"$/iu;

/** The label of a family name in French, which alone could stand before any name, behind a given one: `"prenom":"Anne","nom":"`. */
export const BESIDE_GIVEN =
  /pr[ée]nom["']?\s?[:=]\s?["']?[\p{L}' -]{2,24}["']?,?\s{0,6}["']?nom["']?\s?[:=]\s?["']?$/iu;

/** A label that could stand before other names too. */
export const LABELLED =
  /(?:^|[^\p{L}])(?:(?<!\b(?:file|host|class|model|product|project|brand|domain|event|company|team|place|package|table|column|field|service|server|branch|game|song|street|city)[ _-])name|nm|cn|fn|nom|nombre|nome|naam|namn|navn|nimi|jm[ée]no|nume|kunde|kundin|client|cliente?|customer|klant|klient(?:ka)?|employee|from|to|von|an|de|à|van|aan|da|od|do|attn|c\/o|contact|kontakt|sender|absender|expéditeur|mittente|remitente|remetente|author|driver|tenant)\\?["']?\s?(?:[:=]|→)\s{0,2}\\?["'<]?(?:(?:Mr|Mrs|Ms|Dr|Herrn?|Frau|M|Mme|Sig|Sra?)\.? )?$/iu;

/** Weaker words right in front. */
export const SPOKEN =
  /(?:\bi am|\bi['’]m|\bthis is|\bich bin(?: (?:der|die))?|\bhier ist|\bhier spricht|\bje suis|\bici|\bsoy|\bsono|\bsou (?:o|a)|\beu sou|\bik ben|\bu spreekt met|\bjestem|\bdear|\bliebe[r]?|\bsehr geehrte[r]?|\bchère?|\bquerid[oa]|\bestimad[oa]|\bcar[oa]|\bgentile|\bbeste|\bgeachte|\bdrog[ai]|\bszanown[ya]|\bpatient|\bpatiente|\bpatient(?:in|en)|\bpati[ëe]nte?|\bpacjent(?:ka)?|\bpaciente|\bpaziente|\bcustomer|\bclient[ea]?|\bemployee|\bkundin|\bkunden?|\bklant|\bklient(?:ka)?|\butente|\bmieter(?:in)?|\btenant|\bbeneficiary|\bcustomer named|\bpatient named|\bmy (?:wife|husband|son|daughter|brother|sister|mother|father|colleague|boss|doctor|neighbou?r)|\bmeine? (?:frau|mann|sohn|tochter|bruder|schwester|mutter|vater|kolleg(?:e|in)|chef(?:in)?)|\bm(?:a|on) (?:femme|mari|fils|fille|frère|sœur|mère|père|collègue)|\bmi (?:mujer|esposa|marido|hij[oa]|herman[oa]|madre|padre|jef[ea])|\bmi[ao] (?:moglie|marito|figli[oa]|fratello|sorella|madre|padre)|\b(?:minha|meu) (?:mulher|marido|filh[oa]|irmão|irmã|mãe|pai)|\bmijn (?:vrouw|man|zoon|dochter|broer|zus|moeder|vader)|\bm(?:ój|oja) (?:żona|mąż|syn|córka|brat|siostra|matka|ojciec)|\binquilin[oa]),? $/i;

/** Somebody who is to be written to, called or met. */
export const CALLED =
  /(?:\b(?:please )?(?:e-?mail|mail|contact|call|phone|notify|invite|remind|write to|speak to|talk to|meet with|reply to|forward (?:it|this) to)|\b(?:kontaktiere|kontaktieren sie|schreibe?|schreiben sie an|antworte|rufe?|anruf bei|termin mit|treffen mit|mail an|brief an)|\b(?:contactez|contacter|appelez|appeler|écris à|écrivez à|écrire à|rendez-vous avec)|\b(?:contacta con|contactar con|contacta a|llama a|llamar a|escribe a|escribir a|cita con)|\b(?:contatta|contattare|chiama|chiamare|scrivi a|scrivere a|appuntamento con)|\b(?:contacte|contactar|ligue para|ligar para|escreva para|reunião com)|\b(?:bel|mail naar|schrijf aan|contacteer|afspraak met)|\b(?:zadzwoń do|napisz do|skontaktuj się z|spotkanie z)) $/i;

/** The close of a letter on the line above. */
export const SIGNED =
  /(?:\b(?:kind |best |warm )?regards|\bsincerely|\byours (?:truly|faithfully)|\b(?:mit )?(?:freundlichen?|beste[nr]?|herzlichen?|viele|liebe|schönen?|sonnige) gr(?:ü|ue)(?:ß|ss)(?:en?)?|\blg|\bvg|\bmfg|\bcordialement|\bbien à vous|\bamitiés|\bamicalement|\bcheers|\bbest wishes|\bmany thanks|\bsalutations(?: distinguées)?|\bun saludo|\bsaludos(?: cordiales)?|\bun abrazo|\batentamente|\b(?:cordiali |tanti )?saluti|\bdistinti saluti|\bcordialmente|\batenciosamente|\bmelhores cumprimentos|\bcumprimentos|\babraços?|\b(?:met )?(?:vriendelijke|hartelijke) groet(?:en|jes)?|\bgroet(?:en|jes)?|\b(?:serdecznie )?pozdrawiam|\bpozdrowienia|\bz wyrazami szacunku|\bz poważaniem)[,.!]?\s{0,2}\n\s{0,2}$/iu;

/** A close, or whom an address is for, alone on its line; the mark in front of a signature. */
export const SIGNED_LINE =
  /^[ \t]*(?:--|—|(?:(?:all the |my |kindest |with )?best|(?:many |much |with )?thanks(?: a lot| again| so much| in advance)?|thank you|thx|warmly|take care|(?:lots of )?love|yours|un saluto|un cordial saludo|cordial saludo|merci(?: d'avance| beaucoup)?|danke(?: im voraus)?|vielen dank|gracias|(?:molte )?grazie|obrigad[oa]|bedankt|dank je(?: wel)?|dzięki|dziękuję|hochachtungsvoll|ihre?|dein|deine|bises|bisous|ciao|besos|beijos|baci|kus|pozdr|bien à toi|signed|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|à bientôt|a presto|até breve|tot snel|bis bald|respectueusement|confraternellement|bien confraternellement|serdecznie|pozdrawiam serdecznie|łączę wyrazy szacunku|herrn?|frau|monsieur|madame|m\.|mme|sig\.|sig\.ra|egr\. sig\.|sr\.|sra\.|(?:de )?heer|de heer|mevrouw|dhr\.|mevr\.|(?:szanowny |sz\. )?pan|(?:szanowna |sz\. )?pani))[,.!]?[ \t\r]*\n[ \t]*$/iu;

/** A close on the same line: `Cheers, Isla`. */
export const CLOSED_BEFORE =
  /(?:^|\n)[ \t]*(?:(?:(?:kind |best |warm )?regards|cheers|thanks|best|love|(?:(?:liebe|viele|beste|schöne|herzliche) )?gr(?:ü|ue)(?:ß|ss)e?|gruß|lg|vg|danke|amitiés|bises|bisous|cordialement|merci|un abrazo|abrazos|un saludo|saludos|gracias|besos|(?:cordiali |tanti )?saluti|un abbraccio|grazie|baci|um abraço|abraços?|beijos|obrigad[oa]|(?:met )?(?:vriendelijke |hartelijke )?groet(?:en|jes)?|liefs|bedankt|dank je|pozdrawiam|dzięki)), $/iu;

/** The last words of {@link SIGNED} and {@link SIGNED_LINE}. */
export const CLOSING: ReadonlySet<string> = new Set(
  [
    "regards sincerely truly faithfully grüße grüßen grüsse grüssen grüß gruß gruss gruesse gruessen grueße grueßen lg vg mfg",
    "cordialement vous amitiés amicalement cheers wishes thanks salutations distinguées saludo saludos cordiales abrazo atentamente",
    "-- — best thanks again much advance you thx warmly care love yours saluto merci d'avance beaucoup danke voraus dank gracias grazie",
    "obrigado obrigada bedankt je wel dzięki dziękuję hochachtungsvoll ihr ihre dein deine bises bisous ciao besos beijos baci kus pozdr",
    "toi signed bientôt presto breve snel bald respectueusement confraternellement serdecznie herr herrn frau monsieur madame m mme sig sig.ra sr sra",
    "heer mevrouw dhr mevr pan pani lot",
    "saluti cordialmente atenciosamente cumprimentos abraço abraços groet groeten groetjes pozdrawiam pozdrowienia szacunku poważaniem",
  ]
    .join(" ")
    .split(" "),
);

/** The last words of any of these but the labels: a quick no for most of what stands before a capital. */
export const LAST_WORDS: ReadonlySet<string> = new Set(
  [
    "is name's name’s called me heiße heisse ist lautet m'appelle m’appelle est nomme llamo es chiamo è chamo chamo-me é heet się imię",
    "to hedder heter on mr mrs ms miss dr med prof herr herrn frau mme mlle m monsieur madame sig ra sig.ra signor signora signore",
    "dra drª dr.ª mgr inż eng ing ir drs lek dott dott.ssa ssa i.a i.v v ppa avv geom arch maître professor sr sra srta señor señora senhor senhora dhr mevr mev mw mevrouw meneer heer pan pani pana panem panu panie i am i'm",
    "i’m bin der die hier spricht suis ici soy sono o a sou ben met jestem dear liebe lieber geehrte geehrter cher chère querido",
    "querida estimado estimada caro cara gentile egregio egregia beste geachte drogi droga szanowny szanowna patient patiente patientin patienten patiënt pacjent pacjentka client cliente clienta klant klient klientka utente mieter mieterin tenant beneficiary kunden",
    "paciente paziente customer employee kundin kunde named wife husband son daughter brother sister mother father colleague boss",
    "doctor spett.le panią d d.ª dª dña doña neighbor neighbour mann sohn tochter bruder schwester mutter vater kollege kollegin chef chefin femme mari fils fille",
    "frère sœur mère père collègue this mujer esposa marido hijo hija hermano hermana madre padre jefe jefa moglie marito figlio figlia fratello",
    "sorella mulher filho filha irmão irmã mãe pai vrouw zoon dochter broer zus moeder żona mąż syn córka brat siostra matka ojciec inquilino inquilina",
    "email e-mail mail contact call phone notify invite remind with kontaktiere schreib schreibe antworte ruf rufe bei mit",
    "contactez contacter appelez appeler avec con contatta contattare chiama chiamare contacte contactar para com bel naar aan",
    "contacteer do z",
  ]
    .join(" ")
    .split(" "),
);

/** The last words of {@link INTRODUCED}. */
export const INTRODUCING: ReadonlySet<string> = new Set(
  "name's name’s is called me heiße heisse ist lautet m'appelle m’appelle est nomme llamo es chiamo è chamo-me chamo é heet się imię nazwisko to hedder heter on".split(
    " ",
  ),
);

/** The last words of {@link CALLED}. */
export const CALLING: ReadonlySet<string> = new Set(
  "email e-mail mail contact call phone notify invite remind to with kontaktiere sie schreib schreibe an antworte ruf rufe bei mit contactez contacter appelez appeler à avec con a contatta contattare chiama chiamare contacte contactar para com bel naar aan contacteer met do z".split(
    " ",
  ),
);

/** Words that stand capitalised after such labels and are no names. */
export const NO_NAMES: ReadonlySet<string> = new Set(
  [
    "the this that my your our his her their it is not and or for from with dear sir madam team all everyone customer support",
    "none no unknown null anonymous user assistant system bot admin guest company inc ltd llc gmbh corp product project file class",
    "chatgpt gpt claude sonnet opus haiku gemini mistral siri alexa copilot dan jailbreak jesus christ god lord santa batman superman",
    "was here were are has had have would does did goes went says who what when where why how you",
    "president minister chairman director manager professor doctor teacher judge officer speaker secretary king queen prince pope",
    "holle january february march april may june july august september october november december monday tuesday wednesday thursday",
    "friday saturday sunday herr frau mr mrs ms dr dra drs dott eng ing mgr sra sig mme damen herren kollegen kunden sie prof mevr dhr avv mag dipl monsieur madame señor señora universe world war street city new committee community foundation airport",
  ]
    .join(" ")
    .split(" "),
);
