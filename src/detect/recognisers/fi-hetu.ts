import { disclaimed, labels } from "./_context.ts";
import { isDayMonthYear } from "./_dates.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."henkilotunnus,hetu,henkilotunnukseni,henkilotunnuksesi,sosiaaliturvatunnus,finnish,finnish id,personbeteckning".split(
    ",",
  ),
);

/**
 * Finnish personal identity codes (decree 128/2010, 690/2022): birth date, sign of the century, number from 002, the
 * remainder of the nine digits by 31.
 */
export const fiHetu = {
  name: "fi-hetu",
  entity: "FI_HETU",
  group: "national-id",
  patterns: ["\\d{6}[\\-+A-FU-Ya-fu-y\u2011]\\d{3}[\\dA-Ya-y]"],
  priority: 30,
  valid(text, before) {
    // Danish and Icelandic ones look the same, and one in thirty has the right figure at its end
    if (!/[A-Za-z]/.test(text) && disclaimed(before, LABELS)) return false;
    const remainder = Number(text.slice(0, 6) + text.slice(7, 10)) % 31;
    if (Number(text.slice(7, 10)) < 2 || !isDayMonthYear(text.slice(0, 6))) return false;
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[remainder] === text[10]?.toUpperCase();
  },
} as const satisfies Recogniser;
