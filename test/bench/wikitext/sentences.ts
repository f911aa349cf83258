/** Sentences to compare two extractors by. */

/** Ends at 。！？ and the brackets that close behind them. Spaces and apostrophes do not count: one writes '' where the other writes ". */
export function sentencesOf(lines: readonly string[]): string[] {
  const sentences: string[] = [];
  for (const line of lines) {
    for (const [part] of line.matchAll(/[^。！？]*[。！？]+[」』）)】”"]*|[^。！？]+$/g)) {
      const sentence = part.replace(/[\s\u200b-\u200f]+|["']/g, '');
      if (sentence !== '') sentences.push(sentence);
    }
  }
  return sentences;
}

const EMPTY_BRACKETS = /[（(][、，,；;：:・／/\-–—‐−〜~]*[)）]/g;

/** Without empty brackets and without separators at the ends of others. */
export function withoutHoles(sentence: string): string {
  let mended = sentence;
  let before: string;
  do {
    before = mended;
    mended = mended
      .replace(EMPTY_BRACKETS, '')
      .replace(/([（(])[、，,；;：:]+/g, '$1')
      .replace(/[、，,；;：:]+([)）])/g, '$1')
      .replace(/([、,;])[、,;]+/g, '$1');
  } while (mended !== before);
  return mended;
}

/** Without the marks of wikitext. */
export function withoutMarkup(sentence: string): string {
  return sentence
    .replace(/\[\[(?:[^[\]|]*\|)?([^[\]|]*)\]\]/g, '$1')
    .replace(/\[\[|\]\]|\{\{|\}\}|\{\||\|\}|<[^>]*>|__[A-Z]+__/g, '');
}

/** Whether `part` is what is left of `whole` when some of it is taken out. */
export function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let i = 0; i < whole.length && at < part.length; i++) if (whole[i] === part[at]) at++;
  return at === part.length;
}
