import { isNamed, labelled, labels } from "./_context.ts";
import { ENDING, LOCAL, LOCAL_RUN } from "./_mail-parts.ts";
import type { Recogniser } from "./recogniser.ts";

const NAME = "[\\p{L}\\d][\\p{L}\\d_+\\-]{0,31}";
const DOMAIN = "[\\p{L}\\d\\-]{1,31}";
const MAIL = labels(
  ..."email,e mail,mail,mail me,email me,write to,write me,contact,contact me,reach me,address,mailadresse,adresse mail".split(
    ",",
  ),
  ..."courriel,correo,correo electronico,posta,indirizzo mail,endereco de email,adres mailowy,kontakt,schreib an".split(
    ",",
  ),
);
const isMail = (before: string): boolean => labelled(before, MAIL, 40);

/** E-mail addresses in words, where mail is spoken of: `contact jane dot doe at example dot com`. */
export const emailSpelled = {
  name: "email-spelled",
  entity: "EMAIL",
  group: "contact",
  // as long as other local parts are: what is read of both must not add up
  patterns: [`${LOCAL}(?: dot ${NAME}){0,2} at (?:${DOMAIN}(?:\\.| dot )){0,2}${DOMAIN} dot ${ENDING}`],
  priority: 21,
  head: LOCAL_RUN,
  needs: isNamed,
  canBegin: isMail,
  valid: (_text, before) => isMail(before),
} as const satisfies Recogniser;
