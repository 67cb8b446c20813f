import { once } from "../lib/once.ts";

/** What a guess is worth that no small word of its language supports; half of it where those of another speak against it. */
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

/** {@link SMALL_WORDS} as sets, made at the first short text. */
const smallWords = once(
  () => new Map(Object.entries(SMALL_WORDS).map(([language, words]) => [language, new Set(words.split(" "))])),
);

const WORD = /\p{L}+/gu;

/** How far the small words of a short text bear out that it is in a language (ISO 639-1), 0 to 1. */
export function supportOf(language: string, text: string): number {
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
