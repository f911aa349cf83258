/** The templates that carry running text, and what each shows. All others give nothing. */
import { ageAtDeath, eraYear, japaneseDate } from './dates.js';
import { inLanguage, isLanguageCode } from './languages.js';

/** A template's arguments, as text and trimmed. What is missing is ''. */
export interface TemplateArguments {
  /** How many have no name. */
  readonly count: number;
  /** The n-th of those without a name, or the one whose name is n; from 1. */
  at(n: number): string;
  named(name: string): string;
}

type TemplateRule = (args: TemplateArguments) => string;

const first: TemplateRule = (args) => args.at(1);
const second: TemplateRule = (args) => args.at(2);
const last: TemplateRule = (args) => args.at(args.count);
const joined: TemplateRule = (args) => all(args).join('');
const date: TemplateRule = (args) => japaneseDate(args.at(1), args.at(2), args.at(3));
/** 「漢字（かんじ）」 */
const reading: TemplateRule = (args) => annotated(args.at(1), all(args).slice(1));

function all(args: TemplateArguments): string[] {
  return Array.from({ length: args.count }, (_, index) => args.at(index + 1));
}

function annotated(text: string, notes: string[]): string {
  const shown = notes.filter((note) => note !== '').join('、');
  if (text === '' || shown === '') return text + shown;
  return `${text}（${shown}）`;
}

const death: TemplateRule = (args) => {
  const parts = all(args).slice(0, 6);
  return annotated(japaneseDate(args.at(4), args.at(5), args.at(6)), [ageAtDeath(parts)]);
};

const ageOnly: TemplateRule = (args) => {
  const age = ageAtDeath(all(args).slice(0, 6));
  return age === '' ? '' : `（${age}）`;
};

const link: TemplateRule = (args) => args.named('label') || args.at(1);
const fraction: TemplateRule = (args) => {
  if (args.count < 2) return args.count === 0 ? '' : `1/${args.at(1)}`;
  const whole = args.count > 2 ? `${args.at(1)} ` : '';
  return `${whole}${args.at(args.count - 1)}/${args.at(args.count)}`;
};
const quantity: TemplateRule = (args) => `${args.at(1)} ${args.at(2)}`;
const value: TemplateRule = (args) => [args.at(1), args.named('ul') || args.named('u')].join(' ');

const RULES: ReadonlyMap<string, TemplateRule> = new Map(
  (
    [
      [link, '仮リンク|ill2|日本語版にない記事リンク|リンク先記事が日本語版にない|link-interwiki'],
      [
        second,
        'lang|rtl-lang|ltr-lang|lang2|color|colour|色|fontcolor|fontsize|font size|fontfamily|interlang|wikt-lang|wiktlang|script',
      ],
      [(args: TemplateArguments) => args.at(2) || args.at(4), 'audio'],
      [last, 'transl|transliteration'],
      [
        first,
        'nowrap|nobr|small|smaller|small2|smallsup|big|bigger|larger|large|resize|sup|sub|sups|subs|em|strong|b|bold|i|italic|ital|斜体|斜|下線|下線部|underline|u|太字|強調|傍点|圏点|' +
          '打ち消し線|取消線|visible anchor|visible-link|vanchor|visanc|anchor text|unicode|uni|ipa|ipa2|ipa-ja|発音記号|mono|code|mvar|math|var|chem2|ce|abbr|abbrlink|tooltip|補助漢字|拡張漢字|' +
          "外字|jis2004|jis90|下げ核|高線|簡体字|繁体字|ピン音|hebrew|nastaliq|nasta'liq|polytonic|繁體字|ウィキ強調|by|by2|無改行|linktext|xtn|angbr|kbd|samp|tt|indent|字下げ|center|日本語|nihongo2|読み上げ|縦書き|sic範囲",
      ],
      [
        reading,
        'ruby|ルビ|読み仮名|ふりがな|振り仮名|フリガナ|よみがな|読みがな|ruby-ja|rubyja|rubi|読み仮名 ruby不使用|llang|nihongo3',
      ],
      [nihongo, 'nihongo|nihongo foot|日本語表記'],
      [
        date,
        '年月日|生年月日と年齢|生年月日|没年月日|死亡年月日|birth date|birth date and age|birthdate|death date|start date|end date|start date and age|release date|film date|dts',
      ],
      [death, '死亡年月日と没年齢|death date and age|没年月日と没年齢'],
      [ageOnly, '没年齢|年齢没'],
      [(args: TemplateArguments) => eraYear(args.at(1)), '和暦|西暦から和暦'],
      [fraction, 'frac|sfrac|分数|fraction'],
      [quantity, 'convert|cvt'],
      [value, 'val'],
      [joined, 'chem|合成漢字'],
      [() => '·', '·'],
      [() => '・', '・|dot|中点'],
      [() => '、', '、'],
      [() => '=', '='],
      [() => '|', '!'],
      [() => ' ', 'nbsp|space|spaces|sp|半角スペース'],
      [() => ' – ', 'snd|spnd|spaced ndash'],
      [() => '–', 'ndash|en dash'],
      [() => '—', 'mdash|em dash'],
      [() => '…', '...|…'],
    ] as const
  ).flatMap(([rule, names]) => names.split('|').map((name): [string, TemplateRule] => [name, rule])),
);

/** 「English（日本語、romaji）」 */
function nihongo(args: TemplateArguments): string {
  const [english = '', ...rest] = all(args);
  const [kanji = '', ...notes] = rest;
  return english === '' ? annotated(kanji, notes) : annotated(english, rest);
}

/** Quotations: their text is a paragraph of its own. The names of the arguments that hold it, the first that is there counts. */
export const QUOTATIONS: ReadonlySet<string> = new Set(
  'quote|quotation|blockquote|cquote|squote|rquote|bquote|pull quote|centered pull quote|quote frame|引用|引用文|quotebox|quote box|poemquote|verse translation'.split(
    '|',
  ),
);
export const QUOTATION_ARGUMENTS = ['1', 'text', 'quote', 'content'] as const;

/** The rule for a template; `name` as `templateName` gives it. Undefined: it carries no text. */
export function templateRule(name: string): TemplateRule | undefined {
  const rule = RULES.get(name);
  if (rule !== undefined) return rule;
  if (name.startsWith('lang-')) {
    const short = name.endsWith('-short');
    const code = short ? name.slice(5, -6) : name.slice(5);
    return (args) => inLanguage(code, args.at(1), short);
  }
  // 要出典範囲, いつ範囲, 要検証範囲 …: doubts about a stretch of text, which is their argument.
  if (name.endsWith('範囲') || name.endsWith('範囲2') || name.endsWith('フォント')) return first;
  // {{en|text}}; without text it is an icon.
  if (name.length <= 3 && isLanguageCode(name)) return (args) => (args.count === 1 ? args.at(1) : '');
  return undefined;
}

/** What a parser function gives; `subject` is what stands after its colon, `args` are counted from there. Undefined: nothing. */
export function parserFunction(name: string, subject: () => string, args: TemplateArguments): string | undefined {
  switch (name) {
    case '#if':
      return subject() !== '' ? args.at(1) : args.at(2);
    case '#ifeq':
      return subject() === args.at(1) ? args.at(2) : args.at(3);
    case 'lc':
    case 'lcfirst':
      return subject().toLowerCase();
    case 'uc':
      return subject().toUpperCase();
    case 'ucfirst':
    case 'formatnum':
      return subject();
    default:
      return undefined;
  }
}

/** A template's name as it is looked up: lower case, `_` as space, without the namespace. */
export function templateName(source: string): string {
  const name = source.replaceAll('_', ' ').trim().toLowerCase();
  return /[:：]/.test(name) ? name.replace(/^(?:(?:safesubst|subst|msg|template|テンプレート)\s*:\s*)+/, '') : name;
}
