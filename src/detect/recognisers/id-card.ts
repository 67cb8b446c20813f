import { isNamed, labelled, labels } from "./_context.ts";
import { onceFor } from "./_once.ts";
import { isOfOther } from "./_used-label.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."id card,id card number,identity card,identity card number,identity card no,identity document,national id card".split(
    ",",
  ),
  ..."national id number,national identity number,national identification number,residence permit,residence permit number".split(
    ",",
  ),
  ..."personalausweisnummer,aufenthaltstitel,carte d identite,carte nationale d identite,cni,numero de carte d identite".split(
    ",",
  ),
  ..."titre de sejour,carta d identita,carta identita,numero carta d identita,permesso di soggiorno,documento di identita".split(
    ",",
  ),
  ..."permiso de residencia,autorizacao de residencia,titulo de residencia,identiteitskaart,identiteitskaartnummer".split(
    ",",
  ),
  ..."identiteitsbewijs,id kaart,verblijfsvergunning,karta pobytu,obcansky prukaz,cislo op,cislo obcanskeho prukazu".split(
    ",",
  ),
  ..."obciansky preukaz,carte de identitate,buletin,osobna iskaznica,osebna izkaznica,lichna karta,asmens tapatybes kortele".split(
    ",",
  ),
  ..."nationellt id,id kort,henkilokortti,szemelyi igazolvany,szemelyazonosito igazolvany,isikutunnistus".split(","),
);
const isLabelled = onceFor((before) => labelled(before, LABELS, 40) && !isOfOther(before, LABELS));

/** Numbers of identity cards and residence permits of states without a recogniser here: by a label, four digits at least. */
export const idCard = {
  name: "id-card",
  entity: "ID_CARD",
  group: "national-id",
  patterns: ["[A-Za-z]{0,3} ?\\d{5,12}[A-Za-z]{0,2}", "[A-Za-z\\d]{2}\\d{5,7}[A-Za-z]{2}", "\\d{3}-\\d{7}-\\d{2}"],
  priority: 55,
  needs: isNamed,
  canBegin: isLabelled,
  valid: (text, before) => isLabelled(before) && !/^[a-z]{0,3} |^ /.test(text) && (text.match(/\d/g)?.length ?? 0) >= 5,
} as const satisfies Recogniser;
