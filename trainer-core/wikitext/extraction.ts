/** What is asked of the extractor and what it gives. */
import type { WikitextProblem } from '../protocol/corpusManifest.js';

export interface WikitextOptions {
  /** Keep list items. */
  lists: boolean;
  /** Keep section headings. */
  headings: boolean;
  /** Lower-cased names of namespaces whose links give no text: files, images, categories; the wiki's own and the canonical English ones. */
  silentNamespaces: ReadonlySet<string>;
}

/** The text of a page. */
export interface Extraction {
  /** One paragraph a string, without line breaks, none empty. */
  paragraphs: string[];
  /** What was unbalanced or too deep, each at most once. The page's text is given all the same, as far as it could be told. */
  problems: WikitextProblem[];
}
