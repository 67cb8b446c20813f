import { once } from "../../lib/once.ts";

/**
 * Named entities of HTML that stand for a character of a text: Latin letters with their marks, blanks, quotes, dashes
 * and the signs of ASCII. The names are those of the HTML standard ("Named character references").
 */
const LATIN_1 = (
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro " +
  "para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil " +
  "Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave " +
  "Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml " +
  "igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute " +
  "thorn yuml"
).split(" ");

/** The others: a name and its character in turns. */
const OTHERS = (
  "amp & quot \" apos ' lt < gt > excl ! num # dollar $ percnt % lpar ( rpar ) ast * plus + comma , period . sol / " +
  "colon : semi ; equals = quest ? commat @ lsqb [ bsol \\ rsqb ] lowbar _ hyphen ‐ dash ‐ ndash – mdash — lsquo ‘ " +
  "rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ lsaquo ‹ rsaquo › hellip … euro € trade ™ OElig Œ oelig œ Yuml Ÿ " +
  "Amacr Ā amacr ā Abreve Ă abreve ă Aogon Ą aogon ą Cacute Ć cacute ć Ccaron Č ccaron č Dcaron Ď dcaron ď Dstrok Đ " +
  "dstrok đ Emacr Ē emacr ē Eogon Ę eogon ę Ecaron Ě ecaron ě Imacr Ī imacr ī Lcaron Ľ lcaron ľ Lstrok Ł lstrok ł " +
  "Nacute Ń nacute ń Ncaron Ň ncaron ň Odblac Ő odblac ő Racute Ŕ racute ŕ Rcaron Ř rcaron ř Sacute Ś sacute ś " +
  "Scedil Ş scedil ş Scaron Š scaron š Tcedil Ţ tcedil ţ Tcaron Ť tcaron ť Umacr Ū umacr ū Uring Ů uring ů " +
  "Udblac Ű udblac ű Zacute Ź zacute ź Zdot Ż zdot ż Zcaron Ž zcaron ž"
).split(" ");

// these tables take more than a millisecond of a start, which needs none
const units = once(
  (): ReadonlyMap<string, number> =>
    new Map([
      ...LATIN_1.map((name, at): [string, number] => [name, 0xa0 + at]),
      ...Array.from({ length: OTHERS.length / 2 }, (_, at): [string, number] => [
        OTHERS[2 * at]!,
        OTHERS[2 * at + 1]!.charCodeAt(0),
      ]),
      ...(
        [
          ["Tab", 0x09],
          ["NewLine", 0x0a],
          ["ensp", 0x2002],
          ["emsp", 0x2003],
          ["thinsp", 0x2009],
          ["zwnj", 0x200c],
          ["zwj", 0x200d],
        ] as const
      ).values(),
    ]),
);

const beginnings = once(
  (): ReadonlySet<string> =>
    new Set([...units().keys()].flatMap((name) => Array.from(name, (_, at) => name.slice(0, at + 1)))),
);

/** The UTF-16 unit that a named entity stands for; undefined where none has the name. */
export function entityUnit(name: string): number | undefined {
  return units().get(name);
}

/** Whether a name may begin so. */
export function beginsEntity(letters: string): boolean {
  return beginnings().has(letters);
}
