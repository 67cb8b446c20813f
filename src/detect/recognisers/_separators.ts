/** A blank within a number: space, no-break space, narrow no-break space, thin space. */
export const BLANK = "[ \u00a0\u202f\u2009]";

/** What may separate the groups of a number: a blank, a dot, a hyphen (also those that do not break). */
export const GAP = "[ \u00a0\u202f\u2009.\\-\u2010\u2011]";

/** A hyphen, also those that do not break. */
export const HYPHEN = "[\\-\u2010\u2011]";
