import type { eld as detector } from "eld/extrasmall";

type Eld = typeof detector;

/** What language a text is in. */
export interface LanguageGuess {
  /** ISO 639-1 code; empty where the text holds too few letters to tell. */
  readonly language: string;
  /** How certain that is, 0 to 1: of guesses with 0.9 about nine in ten are right. */
  readonly confidence: number;
}

/** No guess. */
export const UNKNOWN_LANGUAGE: LanguageGuess = { language: "", confidence: 0 };

let loaded: Eld | null = null;
let loading: Promise<void> | null = null;

/**
 * Loads what {@link languageOf} needs, a megabyte of n-grams that most configurations do without. Call it when a policy
 * is made and await it before the first text: null once everything is there.
 */
export function loadLanguages(): Promise<void> | null {
  if (loaded !== null) return null;
  loading ??= import("eld/extrasmall").then(({ eld }) => {
    loaded = eld;
  });
  return loading;
}

/** Whether {@link languageOf} can be asked. */
export const languagesAreLoaded = (): boolean => loaded !== null;

/** Every language that can be told apart, as ISO 639-1 codes. */
export const LANGUAGES: readonly string[] =
  "am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh".split(
    " ",
  );

/** The detector reads no more than this of a text. */
const SAMPLE = 340;
/** So many samples are taken of a long text: its beginning, its end, and what lies between. */
const MOST_SAMPLES = 5;

/** What says nothing about the language: code, addresses, names of files, markup, figures. */
const NOISE =
  /```[\s\S]*?(?:```|$)|`[^`\n]*`|<[^<>\n]{1,200}>|\b[a-z][a-z+.-]*:\/\/\S+|\bwww\.\S+|\S+@\S+|\S*\d\S*|\S*[/\\_{}=<>]\S*/gi;

/** Lines of code that nobody put between fences, by how they begin and end. */
const CODE_LINES =
  /^[ \t]*(?:import [\w.]+(?: as \w+)?;?|from [\w.]+ import .*|(?:for|while|if|elif|def|class|with|async def)\b.*:|(?:return|const|let|var|export|public|private|static)\b.*[;{]|[\w.$]+(?:\[\w*\])? ?(?:=|\+=|:=) .*|[\w.$]+\(.*\)[;:]?|.*\{|\}.*)[ \t]*$/gm;
const SQL = /\bSELECT\b[^?!]{1,200}?\bFROM\b|\bINSERT INTO\b|\bUPDATE \S+ SET\b|\bDELETE FROM\b|\bCREATE TABLE\b/;
const SQL_LINES =
  /^[ \t]*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|FROM|WHERE|SET|VALUES|AND|OR|ORDER|GROUP|HAVING|LIMIT|(?:LEFT |RIGHT |INNER )?JOIN)\b.*$/gm;

/**
 * The language most of a text is in. Code blocks, addresses and figures do not count. Reads samples of long texts, so
 * that the time it takes does not grow with them. Throws where {@link loadLanguages} was not awaited.
 */
export function languageOf(text: string): LanguageGuess {
  const samples = samplesOf(text);
  const weights = new Map<string, { confidence: number; letters: number }>();
  let letters = 0;
  for (const sample of samples) {
    const guess = guessOf(sample);
    if (guess.language === "") continue;
    const known = weights.get(guess.language) ?? { confidence: 0, letters: 0 };
    known.confidence = Math.max(known.confidence, guess.confidence);
    known.letters += sample.length * guess.confidence;
    letters += sample.length * guess.confidence;
    weights.set(guess.language, known);
  }
  let best = UNKNOWN_LANGUAGE;
  let most = 0;
  for (const [language, { confidence, letters: own }] of weights) {
    if (own <= most) continue;
    most = own;
    best = { language, confidence: Math.round((confidence * own * 1_000) / letters) / 1_000 };
  }
  return best;
}

function samplesOf(text: string): readonly string[] {
  if (text.length <= SAMPLE * 2) return [plainOf(text)];
  const stride = (text.length - SAMPLE * 2) / (MOST_SAMPLES - 1);
  const count = Math.min(MOST_SAMPLES, Math.ceil(text.length / (SAMPLE * 2)));
  if (count < MOST_SAMPLES) {
    return Array.from({ length: count }, (_, at) => plainOf(text.slice(at * SAMPLE * 2, (at + 1) * SAMPLE * 2)));
  }
  return Array.from({ length: count }, (_, at) => {
    const start = Math.floor(at * stride);
    return plainOf(text.slice(start, start + SAMPLE * 2));
  });
}

/** The words of a text; the text itself where only they are left that look like code. */
function plainOf(text: string): string {
  const said = text.replace(CODE_LINES, " ");
  return (SQL.test(said) ? said.replace(SQL_LINES, " ") : said).replace(NOISE, " ").slice(0, SAMPLE);
}

/** Evidence per n-gram at which the detector's scale is at one half. */
const SCALE = 25;
/** How much a step of evidence says; fitted on texts of our own in eight languages. */
const STEEPNESS = 0.03;
const LETTER = /\p{L}/gu;
const FEWEST_LETTERS = 4;

/** Scripts that one language alone is written in, or nearly so. Kana first: Japanese has Han signs as well. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["ja", /[\p{sc=Hiragana}\p{sc=Katakana}]\p{sc=Han}?/gu],
  ["zh", /\p{sc=Han}/gu],
  ["ko", /\p{sc=Hangul}/gu],
  ["el", /\p{sc=Greek}/gu],
  ["th", /\p{sc=Thai}/gu],
  ["he", /\p{sc=Hebrew}/gu],
  ["ka", /\p{sc=Georgian}/gu],
  ["hy", /\p{sc=Armenian}/gu],
];

function guessOf(text: string): LanguageGuess {
  const letters = text.match(LETTER)?.length ?? 0;
  const script = SCRIPTS.find(([, signs]) => 2 * (text.match(signs)?.length ?? 0) > letters);
  if (script !== undefined) return { language: script[0], confidence: 0.99 };
  if (letters < FEWEST_LETTERS || isName(text)) return UNKNOWN_LANGUAGE;
  if (loaded === null) throw new TypeError("The languages are not loaded");
  const found = loaded.detect(text);
  if (found.language === "") return UNKNOWN_LANGUAGE;
  const scores = Object.values(found.getScores())
    .map((score) => (SCALE * score) / (1 - score))
    .sort((one, other) => other - one);
  const lead = (scores[0] ?? 0) - (scores[1] ?? 0);
  const grams = Buffer.byteLength(text) / 3;
  const sure = 1 - Math.exp(-STEEPNESS * lead * grams);
  const short = letters < SHORT && LISTED.test(text);
  return { language: found.language, confidence: short ? sure * supportFor(found.language, text) : sure };
}

/** Scripts that several languages are written in: a short text in one is in one of them, whichever. */
const SHARED_SCRIPTS: readonly (readonly [readonly string[], RegExp])[] = [
  [["ru", "uk", "bg", "sr", "be"], /\p{sc=Cyrillic}/gu],
  [["ar", "fa", "ur", "ku"], /\p{sc=Arabic}/gu],
  [["hi", "mr"], /\p{sc=Devanagari}/gu],
];
/** Fewer letters may be a name. */
const FEWEST_OF_SCRIPT = 12;

/** The languages that most of a text can be in by its script alone, the likeliest first; none: the script does not tell. */
export function languagesOfScript(text: string): readonly string[] {
  const plain = plainOf(text);
  const least = Math.max(FEWEST_OF_SCRIPT, (plain.match(LETTER)?.length ?? 0) / 2);
  return SHARED_SCRIPTS.find(([, signs]) => (plain.match(signs)?.length ?? 0) >= least)?.[0] ?? [];
}

/** So many words without a small letter are a name or a heading. */
const NAMES = 8;
const WITH_CASE = /\p{Lu}/u;
const SMALL_WORD = /(?:^|[^\p{L}])\p{Ll}{2}/u;

/** Whether a text is but a few names or words in capitals. */
function isName(text: string): boolean {
  return WITH_CASE.test(text) && !SMALL_WORD.test(text) && (text.match(WORD)?.length ?? 0) <= NAMES;
}

/** Fewer letters than these are often names, lists, file names and words that are the same everywhere. */
const SHORT = 60;
const LISTED = /[\p{sc=Latin}\p{sc=Cyrillic}]/u;
/** What a guess is worth that no small word of its language supports, and one that speaks against them. */
const UNSUPPORTED = 0.6;

/** The small words that sentences are held together with, and how people greet and thank. */
const SMALL_WORDS: Readonly<Record<string, string>> = {
  en: "the a an of to in on at is are was be do does did it this that you i me my we your he she they what how why when where who can could will would please and or not no with for from as if then but about have has hello thanks thank",
  de: "der die das ein eine einen einem und oder nicht kein keine ist sind war wie was wer wo wann warum ich du er sie es wir ihr mir mich dir dich mein dein mit für von zu auf aus bei nach über unter kann kannst bitte danke hallo guten ja nein auch noch sehr den dem des im am",
  fr: "le la les un une des du de et ou ne pas est sont je tu il elle nous vous ils mon ma mes ton ta ce cette qui que quoi où quand comment pourquoi avec pour dans sur par au aux bonjour merci salut oui non ça très plus peux peut",
  es: "el la los las un una unos de del y o no es son está están yo tú él ella nosotros mi mis tu su que qué cómo cuándo dónde por para con en al se lo hola gracias buenos buenas sí muy más puedes puede",
  it: "il lo la i gli le un una uno di del della dei e o non è sono sei io tu lui lei noi mi ti si che chi cosa come quando dove perché con per in nel nella da al ciao grazie buongiorno sì molto più puoi può",
  pt: "o a os as um uma de do da dos das e ou não é são está eu você ele ela nós meu minha que quem como quando onde por para com em no na ao se olá oi obrigado obrigada bom dia sim muito mais pode",
  nl: "de het een en of niet geen is zijn was ik jij je hij zij ze wij we u mijn jouw dit dat wat wie waar wanneer waarom hoe met voor van naar op in uit bij aan te hallo dank bedankt goede ja nee ook heel kun kan",
  pl: "i w z na do nie tak jest są był ja ty on ona my wy się co kto gdzie kiedy jak dlaczego po za od dla przez czy że to ten ta mój moja cześć dzień dobry dziękuję dzięki proszę bardzo już może",
  sv: "och att det är som en på för av med till den inte har om ett jag du vi hur vad kan är från eller till hej tack så mycket vid två",
  da: "og at det er en som på til af med for ikke jeg du vi har hvad hvor hvordan kan den de et eller fra hej tak mange blevet ved to fordi",
  no: "og det er en som på til av med for ikke jeg du vi har hva hvor hvordan kan den de et eller fra hei takk ved to fordi",
  fi: "ja on ei että se hän minä sinä me te he mitä miten missä kun kuin joka tämä voi voitko kiitos hei myös ovat oli mutta koska",
  cs: "a je se v na že to s z do i o k ve pro jsem jsou byl byla bylo co kdo kde kdy jak proč ale nebo při než protože můžeš prosím děkuji dobrý den už",
  sk: "a je sa v na že to s z do aj o k vo pre som sú bol bola bolo čo kto kde kedy ako prečo ale alebo pri než pretože môžeš prosím ďakujem dobrý deň už",
  hu: "a az és hogy nem is egy van volt ez mi ki hol mikor hogyan mint meg de vagy kérlek köszönöm jó szia lehet két",
  ro: "și în la de pe cu nu este sunt că o un mai ce cine unde când cum pentru din sau dar poți vă rog mulțumesc bună fost apa",
  hr: "i je u na se da to su za od s ne što tko gdje kada kako ali ili li možeš molim hvala dobar dan nego bio bila",
  bg: "и на да се в за е от не с че са по като какво кой къде кога как но или можеш моля благодаря добър ден бе",
  uk: "і в на не що з до як це та у за він вона ми ви хто де коли чому але або можеш ти дякую добрий день бо ніж при",
  ru: "и в на не что с по как это а у за к он она мы вы кто где когда почему но или можешь ты спасибо добрый день чем при потому",
};

let wordSets: ReadonlyMap<string, ReadonlySet<string>> | null = null;

/** {@link SMALL_WORDS} as sets, made at the first short text. */
function smallWords(): ReadonlyMap<string, ReadonlySet<string>> {
  wordSets ??= new Map(Object.entries(SMALL_WORDS).map(([language, words]) => [language, new Set(words.split(" "))]));
  return wordSets;
}

const WORD = /\p{L}+/gu;

/** How far the small words of a short text bear a guess out, 0 to 1. */
function supportFor(language: string, text: string): number {
  const words = (text.toLowerCase().match(WORD) ?? []).slice(0, 60);
  const hits = (small: ReadonlySet<string>): number => words.filter((word) => small.has(word)).length;
  const known = smallWords().get(language);
  const own = known === undefined ? 0 : hits(known);
  const most = Math.max(...smallWords().values().map(hits));
  // of other languages only the length tells
  if (known === undefined) return words.length >= 3 + most && most <= 1 ? 1 : UNSUPPORTED;
  if (most > own) return UNSUPPORTED / 2;
  return own > 0 ? 1 : UNSUPPORTED;
}
