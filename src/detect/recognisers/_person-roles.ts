import { asCompared } from "./_plain-letters.ts";

/**
 * What forms call people who are at hand: parties of contracts and of files, patients and their kin, senders and
 * addressees, in eight languages. Not what the famous are called (directors, composers, coaches).
 */
const ROLES: ReadonlySet<string> = new Set(
  [
    "victim,suspect,witness,complainant,claimant,plaintiff,defendant,accused,landlord,landlady,tenant,lessor,lessee,lender,borrower",
    "guarantor,buyer,seller,purchaser,insured,policyholder,beneficiary,holder,accountholder,cardholder,driver,rider,owner,keeper,patient",
    "next of kin,emergency contact,contact person,guardian,parent,mother,father,spouse,wife,husband,son,daughter,child,brother,sister",
    "heir,executor,testator,applicant,candidate,interviewer,interviewee,line manager,supervisor,attending,attending physician,physician",
    "referring physician,gp,general practitioner,doctor,nurse,surgeon,therapist,dentist,signatory,signed,signed by,signature,prepared by",
    "approved by,requested by,requester,reported by,submitted by,assigned to,assignee,caller,visitor,guest,traveller,traveler,student",
    "pupil,tutor,member,subscriber,donor,recipient,addressee,ship to,bill to,sold to,deliver to,attention,resident,occupant,debtor",
    "creditor,payer,payee,remitter,nominee,officer,investigating officer,investigator,attendee,participant,respondent,data subject,user",
    "vertreten durch,geschadigte,geschadigter,beschuldigte,beschuldigter,zeuge,zeugin,opfer,verdachtige,verdachtiger,klager,klagerin,beklagte,beklagter",
    "antragsteller,antragstellerin,mandant,mandantin,vermieter,vermieterin,untermieter,pachter,kaufer,kauferin,verkaufer,verkauferin",
    "versicherungsnehmer,versicherungsnehmerin,versicherte person,begunstigter,begunstigte,empfanger,empfangerin,zahlungsempfanger",
    "auftraggeber,auftraggeberin,inhaber,inhaberin,halter,halterin,fahrzeughalter,fahrer,fahrerin,eigentumer,eigentumerin,angehorige",
    "notfallkontakt,kontaktperson,ehefrau,ehemann,ehegatte,ehepartner,mutter,vater,sohn,tochter,kind,erziehungsberechtigte,erbe,erblasser",
    "mitarbeiter,mitarbeiterin,beschaftigte,bewerber,bewerberin,kandidat,kandidatin,vorgesetzter,vorgesetzte,sachbearbeiter",
    "sachbearbeiterin,bearbeiter,bearbeiterin,hausarzt,hausarztin,arzt,arztin,therapeut,therapeutin,unterzeichner,unterschrift,gez",
    "erstellt von,gemeldet von,melder,anrufer,anruferin,besucher,gast,schuler,schulerin,studentin,mitglied,abonnent,spender,teilnehmer",
    "teilnehmerin,schuldner,glaubiger,rechnungsempfanger,vertragspartner,anschlussinhaber,betreuer,betreuerin",
    "plaignant,plaignante,victime,temoin,mis en cause,bailleur,bailleresse,locataire,preneur,acheteur,acquereur,vendeur,assure,souscripteur",
    "beneficiaire,destinataire,emetteur,titulaire du contrat,titulaire de la carte,conducteur,conductrice,proprietaire,personne a prevenir",
    "personne de confiance,contact d urgence,conjoint,conjointe,epoux,epouse,mere,pere,fils,fille,enfant,tuteur,heritier,salarie,salariee",
    "employe,employee,candidat,candidate,postulant,gestionnaire,medecin,medecin traitant,signataire,signe,etabli par,redige par,demandeur",
    "demanderesse,defendeur,visiteur,voyageur,eleve,etudiant,etudiante,membre,abonne,abonnee,adherent,adherente,donateur,participante",
    "debiteur,creancier,payeur,donneur d ordre,interlocuteur,soussigne,declarant",
    "denunciante,denunciado,victima,testigo,arrendador,arrendadora,arrendatario,arrendataria,inquilino,inquilina,comprador,compradora",
    "vendedor,vendedora,asegurado,asegurada,tomador,tomador del seguro,beneficiario,beneficiaria,destinatario,destinataria,ordenante",
    "conductor,conductora,propietario,propietaria,persona de contacto,contacto de emergencia,familiar,avisar a,conyuge,esposa,esposo",
    "marido,madre,padre,hijo,hija,tutora,heredero,empleado,empleada,trabajador,trabajadora,candidato,candidata,solicitante,medico",
    "medico de cabecera,firmante,firmado,fdo,firma,elaborado por,demandante,demandado,visitante,huesped,viajero,alumno,alumna,estudiante",
    "socio,socia,miembro,abonado,suscriptor,donante,participante,deudor,acreedor,pagador,interesado,interesada,declarante,representante",
    "vittima,testimone,indagato,imputato,locatore,locatrice,conduttore,conduttrice,acquirente,venditore,venditrice,assicurato,assicurata",
    "contraente,mittente,ordinante,titolare,conducente,proprietario,proprietaria,persona di contatto,contatto di emergenza,coniuge,moglie",
    "marito,figlio,figlia,tutore,erede,dipendente,lavoratore,lavoratrice,richiedente,medico curante,firmatario,firmato,redatto da",
    "ricorrente,convenuto,visitatore,ospite,viaggiatore,alunno,alunna,studente,studentessa,membro,abbonato,abbonata,donatore,partecipante",
    "debitore,creditore,referente,sottoscritto,sottoscritta,dichiarante,tesserato",
    "queixoso,queixosa,vitima,testemunha,arguido,arguida,senhorio,senhoria,arrendataria,segurado,segurada,remetente,condutor,condutora",
    "doente,pessoa de contacto,contacto de emergencia,conjuge,mae,pai,filho,filha,encarregado de educacao,herdeiro,funcionario",
    "funcionaria,trabalhador,trabalhadora,colaborador,colaboradora,requerente,medico de familia,enfermeiro,assinado,assinatura,signatario",
    "hospede,viajante,aluno,aluna,estudante,assinante,doador,devedor,credor,avisar,contraparte",
    "aangever,aangeefster,slachtoffer,getuige,verdachte,verhuurder,verhuurster,huurder,huurster,koper,verkoper,verzekeringnemer,begunstigde",
    "ontvanger,afzender,opdrachtgever,kaarthouder,houder,bestuurder,eigenaar,kentekenhouder,contactpersoon,noodcontact,echtgenoot",
    "echtgenote,moeder,vader,zoon,dochter,voogd,erfgenaam,werknemer,werkneemster,medewerker,medewerkster,sollicitant,kandidaat",
    "leidinggevende,huisarts,arts,behandelaar,ondergetekende,ondertekenaar,handtekening,getekend,opgesteld door,eiser,gedaagde,aanvrager",
    "bezoeker,reiziger,leerling,lid,abonnee,donateur,deelnemer,schuldenaar,schuldeiser,contractant,betaler,geadresseerde",
    "zawiadamiajacy,zawiadamiajaca,pokrzywdzony,pokrzywdzona,podejrzany,podejrzana,swiadek,wynajmujacy,najemca,kupujacy,sprzedajacy",
    "nabywca,sprzedawca,odbiorca,nadawca,zleceniodawca,ubezpieczony,ubezpieczona,ubezpieczajacy,beneficjent,wlasciciel,wlascicielka",
    "kierujacy,kierujaca,kierowca,osoba do kontaktu,osoba kontaktowa,maz,zona,malzonek,matka,ojciec,syn,corka,dziecko,opiekun,opiekunka",
    "spadkobierca,pracownik,kandydat,kandydatka,wnioskodawca,przelozony,lekarz,lekarz rodzinny,lekarz prowadzacy,podpis,podpisano",
    "sporzadzil,sporzadzila,powod,powodka,pozwany,pozwana,gosc,uczen,uczennica,studentka,czlonek,abonent,darczynca,uczestnik,dluznik",
    "wierzyciel,platnik,zglaszajacy,zglaszajaca,skladajacy,adresat,nazwa odbiorcy,nazwa nadawcy",
  ]
    .join(",")
    .split(","),
);

// What many of them are called.
const GROUPS: ReadonlySet<string> = new Set(
  [
    "attendees attendee attending participants present guests members witnesses passengers students patients",
    "employees recipients cc teilnehmer teilnehmerinnen teilnehmende anwesend anwesende mitglieder gaste zeugen",
    "mitarbeiter mitarbeiterinnen patienten schuler presents membres invites temoins eleves asistentes participantes",
    "presentes miembros invitados testigos alumnos partecipanti presenti membri testimoni invitati alunni membros",
    "convidados testemunhas alunos deelnemers aanwezig aanwezigen leden gasten getuigen uczestnicy obecni czlonkowie",
    "goscie swiadkowie",
  ]
    .join(" ")
    .split(" "),
);
// Names, one behind the other.
const NAMES =
  /^[*_]{0,2}\s{0,3}(?:[-*•] )?(?:\p{Lu}[\p{L}'’-]{1,20}(?: (?:\p{Ll}{1,3}[ '’]){0,2}\p{Lu}[\p{L}.'’-]{0,20}){1,3}(?: \([^()\n]{1,20}\))?(?:, ?(?:and )?|; | and | & | und | et | y | e | en | i |\n(?:[-*•] )?)){0,4}$/u;

/** Whether a name would go on with a list of people: `Attendees: Anna Schmidt, `. */
export function isListed(before: string): boolean {
  const colon = before.lastIndexOf(":");
  if (colon < 0) return false;
  return GROUPS.has(asCompared(wordBefore(before, colon))) && NAMES.test(before.slice(colon + 1));
}

// The sign of a form behind its label, and a title in front of the name.
const SIGN =
  /\\?["'”]?\s?(?:\([^()]{1,16}\)\s?)?(?:[:=]|→)\s{0,2}\\?["'<“]?(?:(?:Mr|Mrs|Ms|Dr|Herrn?|Frau|M|Mme|Sig|Sra?)\.? )?$/u;
const HUMP = /(\p{Ll})(\p{Lu})/gu;
const LETTERS = /\p{L}+/gu;
const MOST_WORDS = 4;

// The last word of each, as far as it can be asked for without taking off marks: a quick no.
const ENDS: ReadonlySet<string> = new Set([...ROLES].map((role) => role.slice(role.lastIndexOf(" ") + 1)));
const PLAIN = /^[a-z]+$/i;
const HUMPED = /[a-z][A-Z]/;

function mayEndInRole(near: string): boolean {
  const sign = Math.max(near.lastIndexOf(":"), near.lastIndexOf("="), near.lastIndexOf("→"));
  // (wife):
  const end = near[sign - 1] === ")" || near[sign - 2] === ")" ? near.lastIndexOf("(", sign) : sign;
  const word = wordBefore(near, end);
  // Driver A, kontaktPerson, Świadek
  return word.length < 2 || !PLAIN.test(word) || HUMPED.test(word) || ENDS.has(word.toLowerCase());
}

/** The last run of letters, and of what is beyond ASCII, in front of a place. */
function wordBefore(text: string, place: number): string {
  let end = place;
  while (end > 0 && !isOfWord(text.charCodeAt(end - 1))) end -= 1;
  let start = end;
  while (start > 0 && isOfWord(text.charCodeAt(start - 1))) start -= 1;
  return text.slice(start, end);
}

function isOfWord(code: number): boolean {
  const small = code | 32;
  return (small >= 97 && small <= 122) || code >= 0xaa;
}

/** Whether the label of a form that ends `near` is what a person at hand is called: `Driver A: `, `Versicherungsnehmer: `. */
export function isRole(near: string): boolean {
  if (!mayEndInRole(near)) return false;
  const sign = SIGN.exec(near);
  if (sign === null) return false;
  const words = asCompared(near.slice(0, sign.index).replace(HUMP, "$1 $2")).match(LETTERS) ?? [];
  // Driver A, Zeugin B
  if (words.length > 1 && words.at(-1)!.length === 1) words.pop();
  for (let from = words.length - 1; from >= Math.max(0, words.length - MOST_WORDS); from--) {
    if (ROLES.has(words.slice(from).join(" "))) return true;
  }
  return false;
}
