/** The part in front of the @, of RFC 5321's dot-strings and RFC 6531's letters, also as query strings write it. */
export const LOCAL = "[\\p{L}\\d](?:[\\p{L}\\d_+.'\\-]|%2[bBdDeE]|%5[fF]){0,63}";

/** What domains that are spelled out end with. */
export const ENDING = "(?:com|org|net|edu|gov|eu|io|info|biz|de|fr|es|it|nl|pl|pt|at|ch|be|uk|ie|se|dk|no|fi|cz|us|ca)";
