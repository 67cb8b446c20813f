import { labels } from "./_context.ts";

/** What a telephone number is called where one is written down. */
export const LABELS = labels(
  // who is to be told: the number stands behind the name
  ..."emergency contact,next of kin,notfallkontakt,kontaktperson,contact d urgence,personne a prevenir,contacto de emergencia".split(
    ",",
  ),
  ..."persona de contacto,pessoa de contacto,personne de confiance,contact person,nr komorki,avisar a,avisar,contatto di emergenza,persona di contatto,contatto,contactpersoon,noodcontact,osoba do kontaktu".split(
    ",",
  ),
  ..."natel,mb way,bizum,telm,nr kom,kom,mob,puh,puh nro,phones,phone numbers,telephones,telefonnummern,rufnummern,telefonos,tlm,telem,tfno,tlfno,phone,phone number,phone no,telephone,telephone number,tel,mobile,mobile number,cell,cellphone,cell phone,fax,whatsapp".split(
    ",",
  ),
  ..."sms,desk,hotline,landline,tel nr,ph,contact number,contact no,call back at,call back on,callback number,toll free,phonenumber,msisdn".split(
    ",",
  ),
  ..."telefon,telefonnummer,telefonnr,mobil,mobilnummer,mobilen,mobiltelefon,handy,handynummer,rufnummer,festnetz,durchwahl,fon".split(
    ",",
  ),
  ..."telephone portable,portable,fixe,numero de telephone,num tel,telecopie,mobile personnel,gsm,telefoon,telefoonnummer".split(
    ",",
  ),
  ..."mobiele nummer,mobiel,gsm nummer,vaste lijn,telefono,numero di telefono,numero de telefono,cellulare,cell,movil".split(
    ",",
  ),
  ..."fijo,celular,telefono fijo,recapito,telefone,telemovel,numero de telefone,numer telefonu,komorka,nr tel,tel kom,telefonu".split(
    ",",
  ),
  ..."komorkowy,telefonszam,mobilszam,puhelin,puhelinnumero,matkapuhelin,telefonnumer,mobilnr,tlf,tlf nr,telefonni cislo".split(
    ",",
  ),
  ..."telefonne cislo,mobilni,broj telefona,telefonska stevilka,numar de telefon,tilefono,talrunis,simi,τηλεφωνο,κινητο,телефон,мобилен".split(
    ",",
  ),
);

/** Words that speak of calling: they count only close by. */
export const CALLING = labels(
  ..."call,call me,call us,calling,called,reach,reach me,reached,ring,dial,text me,text us,texted,contact,contact me,answering".split(
    ",",
  ),
  ..."contacto familiar,contatto familiare,contacto,contactos,contatto,contatti,messages,messages to,my number,his number,her number,our number,your number,voicemail,phoned".split(
    ",",
  ),
  ..."anrufen,rufen,rufe,ruf,ruft,erreichen,erreichbar,erreichst,anruf,angerufen,zuruckrufen,ruckruf,meine nummer,unsere nummer".split(
    ",",
  ),
  ..."appeler,appelez,appelle,joindre,joignable,rappeler,rappelez,contacter,contactez,mon numero,composez".split(","),
  ..."llamar,llama al,llamas,llamo,llama desde,llamo desde,llamame,llame,llamarme,llameme,contactar,marque,localizar,mi numero,chiamare,chiamarmi,chiama,chiamami".split(
    ",",
  ),
  ..."chiamatemi,contattare,contattarmi,contattami,il mio numero,ligar,ligue,liga,ligou,liguei,o meu numero,meu numero,telefonar".split(
    ",",
  ),
  ..."moj numer,moj numer to,numer to,dzwonic,dzwonil,dzwonila,dzwonie,zadzwon,zadzwonic,dzwon,kontakt,kontaktowy,bellen,bel,bereiken,bereikbaar,bereik,gebeld".split(
    ",",
  ),
  ..."chiamate,telefonate,telefonami,telefonare,chiamo,llamad,llamen,llamenos,llamenme,llamadme,telefonee,telephonez,telephoner".split(
    ",",
  ),
  ..."rappelle,rappelez moi,ligue me,liguem,telefone,contactem,melden sie sich,meldet euch,anzurufen,ruft an,rufst,belt".split(
    ",",
  ),
  ..."opbellen,terugbellen,dzwoncie,dzwoni,telefonowac,oddzwonic".split(","),
  ..."localizarme,localizarle,localizarnos,encontrarme,mi trova,mi trovi,mi trovate,trovarmi,reperibile,mon num,mi num".split(
    ",",
  ),
  ..."dostepny pod numerem,dostepna pod numerem,pod numerem telefonu,pod nr tel,mi numero de telefono,mein handy".split(
    ",",
  ),
  ..."mijn nummer,ringa,ringe,mitt nummer,mit nummer,soita,zavolat,volejte,volat,hivjon".split(","),
);

/** What may stand between a word of calling and the number. */
export const BETWEEN: ReadonlySet<string> = new Set(
  [
    "s me us him her them at on under the number is or and my our back now please directly via following it be",
    "unter auf am mich uns sie ihn bitte oder und der nummer direkt au le la sur moi nous vous ou et numero",
    "al a el il lo mi o y e en me nos para em no pelo telefono telefone op mij ons het nummer via of en pod mnie nas do numer lub desde del z numeru kan can kann",
    "numerem nr nro pa till til paa na ist lautet est es e jest an",
  ]
    .join(" ")
    .split(" "),
);
