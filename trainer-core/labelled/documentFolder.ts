/** A folder or tar archive with one text file a document: class folders, or the Livedoor News corpus as it is distributed. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isArticlePath, type LivedoorArticle, livedoorArticle, livedoorText } from '../corpus/livedoor.js';
import { readError } from '../corpus/readError.js';
import { readTar } from '../corpus/tar.js';
import { LINE_LIMIT_BYTES, LineDecoder } from '../corpus/textLines.js';
import type { DataFormat } from '../protocol/dataSummary.js';
import { TrainerError } from '../protocol/errors.js';
import type { Reading } from '../protocol/labelledDataConfig.js';
import { sortedClasses } from './classNames.js';
import type { RawExample } from './rawExample.js';

/** What lies in a folder or archive: paths with `/`, and how to get the bytes of each. */
type Files = Map<string, () => Promise<Buffer> | Buffer>;

/** Files about the data that lie among it. */
const ABOUT = /(^|\/)(license|readme|changes|credits)[^/]*$/i;
const DOCUMENT = /(?:^|\/)([^/]+)\/[^/.][^/]*\.txt$/;

/**
 * The documents of a folder or archive. Where it has Livedoor's articles their URL and date are left out, and with `livedoorTitle` false
 * their title; their classes are names, or with `livedoorLabels` numbers from 1 in the order of the names, also where only the numbers
 * are among the labels known. Of class folders the folder's name is the class and each `.txt` a document, line breaks one space.
 * Throws `labelledFolderEmpty`, `emptyText`, `fileNotFound`, `fileUnreadable`, `archiveInvalid`, `articleInvalid`, `invalidUtf8`,
 * `textHasNul`, `lineTooLong` for a file over 4 MiB, and the signal's reason.
 */
export async function folderExamples(
  source: string,
  reading: Reading,
  known: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<{ format: DataFormat; examples: AsyncGenerator<RawExample> }> {
  const files = await filesOf(source);
  const articles = await articlesOf(source, files, signal);
  if (articles.length > 0) {
    const classes = sortedClasses(articles.map(({ label }) => label));
    const numbered = reading.livedoorLabels === 'numbers' || (known?.includes('1') && !known.includes(classes[0]!));
    async function* examples(): AsyncGenerator<RawExample> {
      for (const article of articles) {
        const place = { file: `${source}/${article.name}`, line: 1 };
        const text = livedoorText(article, reading.livedoorTitle);
        if (text === '') throw new TrainerError('emptyText', place);
        const label = numbered ? String(classes.indexOf(article.label) + 1) : article.label;
        yield { ...place, text, second: null, label: [label] };
      }
    }
    return { format: 'livedoor', examples: examples() };
  }
  const documents = [...files]
    .filter(([path]) => DOCUMENT.test(path) && !ABOUT.test(path))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (documents.length === 0) throw new TrainerError('labelledFolderEmpty', { folder: source });
  async function* examples(): AsyncGenerator<RawExample> {
    for (const [path, bytes] of documents) {
      signal.throwIfAborted();
      const place = { file: `${source}/${path}`, line: 1 };
      const text = documentText(place.file, await bytes());
      if (text === '') throw new TrainerError('emptyText', place);
      yield { ...place, text, second: null, label: [DOCUMENT.exec(path)![1]!] };
    }
  }
  return { format: 'classFolders', examples: examples() };
}

/** Livedoor's articles by name; none where the first file that lies like one does not begin with an address. */
async function articlesOf(source: string, files: Files, signal: AbortSignal): Promise<LivedoorArticle[]> {
  const articles: LivedoorArticle[] = [];
  for (const [path, read] of [...files].filter(([path]) => isArticlePath(path)).sort(([a], [b]) => (a < b ? -1 : 1))) {
    signal.throwIfAborted();
    const bytes = await read();
    if (articles.length === 0 && !/^(\ufeff)?https?:/.test(bytes.toString('utf8', 0, 16))) return [];
    articles.push(livedoorArticle(source, path, bytes)!);
  }
  return articles;
}

async function filesOf(source: string): Promise<Files> {
  try {
    if (!(await stat(source)).isDirectory()) {
      return new Map([...readTar(source)].map(([path, bytes]) => [path, () => bytes]));
    }
    const paths = await readdir(source, { recursive: true, encoding: 'utf8' });
    return new Map(paths.map((path) => [path.replaceAll('\\', '/'), () => fileOf(join(source, path))]));
  } catch (error) {
    throw readError(error, source);
  }
}

async function fileOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > LINE_LIMIT_BYTES) throw new TrainerError('lineTooLong', { file, line: 1, limitBytes: LINE_LIMIT_BYTES });
    return await readFile(file);
  } catch (error) {
    throw readError(error, file);
  }
}

function documentText(file: string, bytes: Buffer): string {
  if (bytes.length === 0) return '';
  const decoder = new LineDecoder(file);
  const lines: string[] = [];
  for (const { text, line } of [...decoder.push(bytes), ...decoder.end()]) {
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new TrainerError('textHasNul', { file, line, column: nul + 1 });
    lines.push(text);
  }
  return lines.join(' ').replace(/\s+/g, ' ').trim();
}
