/** Why a sentence of WikiExtractor's is not among ours. */
import { extractText } from '../../../trainer-core/wikitext/extractText.js';
import { silentNamespaces } from '../../../trainer-core/wikitext/namespaces.js';
import type { Page } from './pages.js';
import { isSubsequence, sentencesOf, withoutHoles, withoutMarkup } from './sentences.js';

/** Each is checked against our text, so a sentence that we lost is in none of them but the last. */
export const CLASSES = {
  present: 'present',
  heading: 'a heading; ours with the option alone',
  list: 'a list item; ours with the option alone',
  markup: 'leftover markup in theirs; ours has it without',
  placeholder: 'codice_N or formula_N in theirs; ours has the code, or nothing for TeX',
  file: 'a category or a file with its caption, as markup in theirs; ours leaves it out',
  joined: 'part of a longer sentence of ours: the line breaks within it, or theirs lost a template at one of its ends',
  template: "a template's text or empty brackets are missing in theirs; ours has it with the text",
  rest: 'none of these',
} as const;
export type MissingClass = keyof typeof CLASSES;

const OPTIONS = { lists: false, headings: false, silentNamespaces: silentNamespaces() };

/** Our text of a page, to look sentences up in. */
export class OurPage {
  private readonly sentences: Set<string>;
  private readonly withHeadings: Set<string>;
  private readonly withLists: Set<string>;
  private readonly all: string;

  constructor(page: Page) {
    const read = (options: { lists?: boolean; headings?: boolean }) =>
      new Set(sentencesOf(extractText(page.wikitext, { ...OPTIONS, ...options }).paragraphs));
    this.sentences = read({});
    this.withHeadings = read({ headings: true });
    this.withLists = read({ headings: true, lists: true });
    this.all = [...this.sentences].join('');
  }

  classify(sentence: string): MissingClass {
    if (this.sentences.has(sentence)) return 'present';
    const mended = withoutHoles(sentence);
    // WikiExtractor puts a full stop behind headings.
    const heading = mended.replace(/\.$/, '');
    if (this.withHeadings.has(heading)) return 'heading';
    const item = withoutHoles(withoutMarkup(mended)).replace(/^[*#;:]+/, '');
    if (this.withLists.has(item)) return this.sentences.has(item) ? 'markup' : 'list';
    const isPlaceholder = /(?:codice|formula)_\d+/.test(sentence);
    const shown = withoutHoles(item.replace(/(?:codice|formula)_\d+/g, ''));
    if (/\[\[(?:file|image|category|ファイル|画像)/i.test(sentence)) return 'file';
    if (this.all.includes(shown)) return 'joined';
    if (this.isPart(shown, this.sentences)) return isPlaceholder ? 'placeholder' : 'template';
    if (this.isPart(heading, this.withHeadings)) return 'heading';
    if (this.isPart(shown, this.withLists)) return 'list';
    return 'rest';
  }

  private isPart(part: string, sentences: ReadonlySet<string>): boolean {
    for (const whole of sentences) {
      if (whole.length >= part.length && whole.length < part.length * 4 + 200 && isSubsequence(part, whole))
        return true;
    }
    return false;
  }
}
