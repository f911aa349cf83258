/** Documents from the pages of a MediaWiki export (https://www.mediawiki.org/wiki/Help:Export), schemas 0.3 to 0.11. */
import { isUtf8 } from 'node:buffer';
import { TrainerError } from '../protocol/errors.js';
import { extractText } from '../wikitext/extractText.js';
import { type Namespace, silentNamespaces } from '../wikitext/namespaces.js';
import { isDisambiguation, isRedirect } from '../wikitext/pageKinds.js';
import { emptyDocuments } from './emptyDocuments.js';
import type { ChunkDocuments, InputChunk, InputOptions } from './inputs.js';
import { decodeXml } from './xmlEntities.js';

/** What a chunk of a dump has to know of the dump. */
export interface PageContext {
  namespaces: Namespace[];
  /** How many bytes of unpacked XML lie before the chunk. */
  offsetBytes: number;
}

type PageOptions = Pick<InputOptions, 'lists' | 'headings' | 'disambiguations'>;

/** A page, as far as it was looked at. */
export interface Page {
  id: string;
  title: string;
  namespace: number;
  /** Its wikitext; null where it redirects, or its newest revision has none. */
  wikitext: string | null;
  redirects: boolean;
}

/** The articles of a chunk of a dump, as text. Throws `pageInvalidUtf8`. */
export function pageDocuments(chunk: InputChunk, options: PageOptions, context: PageContext): ChunkDocuments {
  const result = emptyDocuments();
  const wikitextOptions = { ...options, silentNamespaces: silentNamespaces(context.namespaces) };
  for (const page of pagesOf(chunk, context)) {
    const { wikitext, id, title } = page;
    if (page.namespace !== 0) {
      result.dropped.otherNamespace++;
    } else if (page.redirects) {
      result.dropped.redirect++;
    } else if (wikitext === null) {
      result.dropped.noText++;
    } else if (!options.disambiguations && isDisambiguation(wikitext, title)) {
      result.dropped.disambiguation++;
    } else {
      const { paragraphs, problems } = extractText(wikitext, wikitextOptions);
      for (const problem of problems) result.problems[problem]++;
      if (paragraphs.length === 0) result.dropped.noText++;
      else result.documents.push({ id, title, lines: paragraphs });
    }
  }
  return result;
}

const PAGE = '<page>';
const PAGE_END = '</page>';

/** The pages of a chunk, whole ones. Throws `pageInvalidUtf8`. */
export function* pagesOf({ bytes, file }: InputChunk, context: PageContext): Generator<Page> {
  const xml = Buffer.from(bytes!.buffer, bytes!.byteOffset, bytes!.byteLength);
  const namespaceOf = titleNamespaces(context.namespaces);
  const sound = isUtf8(xml);
  for (let from = 0; ; ) {
    const end = xml.indexOf(PAGE_END, from);
    if (end < 0) return;
    // A page that does not end lies before the last that begins.
    const start = xml.lastIndexOf(PAGE, end);
    if (start >= from) {
      const page = xml.subarray(start, end);
      if (!sound && !isUtf8(page)) {
        const title = between(page, '<title>', '</title>') ?? '';
        throw new TrainerError('pageInvalidUtf8', { file: file.file, title, offsetBytes: context.offsetBytes + start });
      }
      yield parsePage(page, namespaceOf);
    }
    from = end + PAGE_END.length;
  }
}

function parsePage(page: Buffer, namespaceOf: (title: string) => number): Page {
  // The newest revision is the last. What is said of the page stands before the first.
  const revisionAt = page.lastIndexOf('<revision>');
  const head = page.subarray(0, revisionAt < 0 ? page.length : page.indexOf('<revision>'));
  const title = decodeXml(between(head, '<title>', '</title>') ?? '');
  // Schemas before 0.6 do not name the namespace.
  const named = between(head, '<ns>', '</ns>');
  const namespace = named === null ? namespaceOf(title) : Number(named);
  const id = between(head, '<id>', '</id>') ?? '';
  if (namespace !== 0) return { id, title, namespace, wikitext: null, redirects: false };
  if (head.includes('<redirect')) return { id, title, namespace, wikitext: null, redirects: true };
  const wikitext = revisionAt < 0 ? null : revisionText(page.subarray(revisionAt));
  return { id, title, namespace, wikitext, redirects: wikitext !== null && isRedirect(wikitext) };
}

/** The text of a revision; null when it is deleted, empty or no wikitext. */
function revisionText(revision: Buffer): string | null {
  const at = revision.indexOf('<text');
  if (at < 0) return null;
  const model = between(revision.subarray(0, at), '<model>', '</model>');
  if (model !== null && model !== 'wikitext') return null;
  const tagEnd = revision.indexOf('>', at);
  if (tagEnd < 0 || revision[tagEnd - 1] === 0x2f) return null;
  const end = revision.indexOf('</text>', tagEnd);
  const text = end < 0 ? '' : decodeXml(revision.toString('utf8', tagEnd + 1, end));
  return text === '' ? null : text;
}

function between(bytes: Buffer, open: string, close: string): string | null {
  const at = bytes.indexOf(open);
  if (at < 0) return null;
  const end = bytes.indexOf(close, at);
  return end < 0 ? null : bytes.toString('utf8', at + open.length, end);
}

/** The key of a title's namespace, by its prefix. */
function titleNamespaces(namespaces: readonly Namespace[]): (title: string) => number {
  const keys = new Map(namespaces.filter(({ name }) => name !== '').map(({ key, name }) => [name, key]));
  return (title) => keys.get(/^[^:]+(?=:)/.exec(title)?.[0] ?? '') ?? 0;
}
