/** Cuts a paragraph into sentences: at 。！？!?, and at full stops that end one, closing brackets taken along, never inside of balanced brackets. */

const END = 1;
const POINT = 2;
const OPEN = 3;
const CLOSE = 4;
const LINE_BREAK = 5;

/** Each pair is a kind of its own; how many of a kind are open is counted by the place of its opening one here. */
const BRACKETS = '「」『』（）()【】〈〉《》〔〕［］[]｛｝{}“”‘’｢｣';
const ENDS = '。｡！？!?‼⁇⁈⁉';
const LINE_BREAKS = '\n\r\v\f\x85\u2028\u2029';

const CLASSES = new Uint8Array(0x10000);
/** For each bracket the number of its kind. */
const KINDS = new Uint8Array(0x10000);
for (const end of ENDS) CLASSES[end.charCodeAt(0)] = END;
for (const point of '.．') CLASSES[point.charCodeAt(0)] = POINT;
for (const lineBreak of LINE_BREAKS) CLASSES[lineBreak.charCodeAt(0)] = LINE_BREAK;
[...BRACKETS].forEach((bracket, i) => {
  CLASSES[bracket.charCodeAt(0)] = i % 2 === 0 ? OPEN : CLOSE;
  KINDS[bracket.charCodeAt(0)] = i >> 1;
});

/** What goes on with the sentence that a closing bracket seemed to end: particles, and marks that never begin one. */
const GOES_ON = /[\u3041-\u3096ー、，,。｡．！？!?・：:；;…‥～]/;
const SPACE = /\s/;
const LATIN = /[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]/;
/** What stands next to `?` and `!` in an address. */
const ADDRESS = /[0-9A-Za-z/=&_%#~+@.-]/;
/** Short words that a point follows inside of sentences, in lower case. */
const ABBREVIATIONS = new Set(
  (
    'mr mrs ms dr prof st vs etc no nos vol pp ed eds cf jr sr inc ltd co corp gen col capt lt sgt rev hon gov sen rep fig figs ' +
    'al ca op dept univ mt ft feat approx est jan feb mar apr jun jul aug sep sept oct nov dec'
  ).split(' '),
);

/** A bracket that is open: its kind, where it stands, and how many ends of sentences were found before it. */
interface Opened {
  kind: number;
  at: number;
  ends: number;
  /** Whether a sentence begins with it. */
  isFirst: boolean;
}

/** The sentences of a text in order, without the white space around them, none empty. A line break always ends one. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const end of sentenceEnds(text)) {
    const sentence = text.slice(start, end).trim();
    if (sentence !== '') sentences.push(sentence);
    start = end;
  }
  const last = text.slice(start).trim();
  if (last !== '') sentences.push(last);
  return sentences;
}

/** Where sentences end, ascending. Linear: every bracket is pushed once and popped once. */
function sentenceEnds(text: string): number[] {
  const ends: number[] = [];
  let opened: Opened[] = [];
  /** How many brackets of each kind are open. */
  const counts = new Uint32Array(BRACKETS.length >> 1);
  /** Behind the last mark that ends a sentence and the brackets that closed right after it. */
  let ended = -1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    switch (CLASSES[unit]) {
      case END: {
        let after = i + 1;
        while (CLASSES[text.charCodeAt(after)] === END) after++;
        if (!isInName(text, i, after)) {
          ends.push(after);
          ended = after;
        }
        i = after - 1;
        break;
      }
      case POINT:
        if (isFullStop(text, i, ends.at(-1) ?? 0)) {
          ends.push(i + 1);
          ended = i + 1;
        }
        break;
      case OPEN:
        opened.push({ kind: KINDS[unit]!, at: i, ends: ends.length, isFirst: onlySpace(text, ends.at(-1) ?? 0, i) });
        counts[KINDS[unit]!]! += 1;
        break;
      case CLOSE: {
        const opening = counts[KINDS[unit]!]! > 0 ? close(opened, counts, KINDS[unit]!) : null;
        const follows = ended === i;
        if (follows) ended = i + 1;
        if (opening === null) {
          // The bracket closes nothing: it goes with the sentence that has just ended.
          if (follows && ends.at(-1) === i) ends[ends.length - 1] = i + 1;
          break;
        }
        ends.length = opening.ends;
        // 「…。」 with nothing before it is a sentence of its own, unless と or を goes on with it.
        if (follows && opening.isFirst && !GOES_ON.test(text.charAt(i + 1))) ends.push(i + 1);
        break;
      }
      case LINE_BREAK:
        ends.push(i + 1);
        opened = [];
        counts.fill(0);
        break;
    }
  }
  return ends;
}

/** Takes the bracket that one of this kind closes off the stack, and those inside of it that were never closed. */
function close(opened: Opened[], counts: Uint32Array, kind: number): Opened {
  for (;;) {
    const last = opened.pop()!;
    counts[last.kind]! -= 1;
    if (last.kind === kind) return last;
  }
}

/** Whether `!` or `?` stands in an address or a name such as Yahoo!ニュース: after a Latin letter it ends a sentence only before space or a bracket. */
function isInName(text: string, from: number, after: number): boolean {
  if (text.charCodeAt(after - 1) > 0x7f || from === 0 || !ADDRESS.test(text.charAt(from - 1))) return false;
  return after < text.length && !SPACE.test(text.charAt(after)) && CLASSES[text.charCodeAt(after)] !== CLOSE;
}

/** Whether the point at `at` ends the sentence that began at `start`: not in numbers, addresses, initials and abbreviations. */
function isFullStop(text: string, at: number, start: number): boolean {
  const isWide = text.charAt(at) === '．';
  const next = text.charAt(at + 1);
  if (at === start) return false;
  if (!LATIN.test(text.charAt(at - 1))) {
    // After Japanese a wide point ends a sentence, a narrow one only before space: the others are in names and addresses.
    const isBetweenWords = next === '' || SPACE.test(next) || CLASSES[next.charCodeAt(0)] === CLOSE;
    return text.charCodeAt(at - 1) > 0x7f && (isWide ? !LATIN.test(next) : isBetweenWords);
  }
  if (!SPACE.test(next)) return false;
  let following = at + 1;
  while (SPACE.test(text.charAt(following))) following++;
  if (!/[A-ZＡ-Ｚ]/.test(text.charAt(following))) return false;
  // A word long enough is no abbreviation, so its beginning need not be found.
  let first = at;
  while (first > start && at - first <= 8 && LATIN.test(text.charAt(first - 1))) first--;
  const word = text.slice(first, at).normalize('NFKC').toLowerCase();
  const isNumbering = /^\d+$/.test(word) && onlySpace(text, start, first);
  return word.length > 1 && !isNumbering && !ABBREVIATIONS.has(word) && text.charAt(first - 1) !== '.';
}

function onlySpace(text: string, from: number, to: number): boolean {
  let at = to;
  while (at > from && SPACE.test(text.charAt(at - 1))) at--;
  return at === from;
}
