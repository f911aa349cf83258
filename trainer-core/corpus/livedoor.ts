/** Makes the classification TSVs from the original article files of the Livedoor News corpus (RONDHUIT, 2012), which stay as they are. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { TrainerError } from '../protocol/errors.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { readError } from './readError.js';
import { readTar } from './tar.js';
import { LineDecoder } from './textLines.js';

/** One article as its file gives it: line 1 its URL, line 2 its date, line 3 its title, then the body. */
export interface LivedoorArticle {
  /** `class/file`, as the split names it: `sports-watch/sports-watch-4597641.txt`. */
  name: string;
  /** The folder, which is the class: `sports-watch`. */
  label: string;
  url: string;
  date: string;
  title: string;
  /** The lines of the body, blank ones too. */
  body: string[];
}

const livedoorSplit = z.strictObject({
  train: z.array(z.string()),
  dev: z.array(z.string()),
  test: z.array(z.string()),
});

/** Which articles (by name) train, tune and score a classifier. */
export type LivedoorSplit = z.output<typeof livedoorSplit>;

const ARTICLE_NAME = /([a-z-]+)\/\1-\d+\.txt$/;

/**
 * All articles of a corpus, by name, sorted. `source` is the archive (`.tar.gz`) or the unpacked folder; what is not an
 * article (LICENSE.txt, README.txt) is passed over.
 * Throws `fileNotFound`, `fileUnreadable`, `archiveInvalid`, `invalidUtf8` and `articleInvalid`.
 */
export function readLivedoor(source: string): Map<string, LivedoorArticle> {
  const articles = new Map<string, LivedoorArticle>();
  const files = [...readFiles(source)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, bytes] of files) {
    const article = livedoorArticle(source, path, bytes);
    if (article) articles.set(article.name, article);
  }
  return articles;
}

/** Whether a file lies where an article of the corpus would: `class/class-123.txt`. */
export function isArticlePath(path: string): boolean {
  return ARTICLE_NAME.test(path);
}

/** The article in a file; null where it does not lie like one. Throws `invalidUtf8` and `articleInvalid`. */
export function livedoorArticle(source: string, path: string, bytes: Buffer): LivedoorArticle | null {
  const [name, label] = ARTICLE_NAME.exec(path) ?? [];
  return name === undefined || label === undefined ? null : parseArticle(`${source}/${path}`, name, label, bytes);
}

/** An article as a row of a TSV: title and body in one line, white space and tabs collapsed to one space, then its class. */
export function livedoorRow(article: LivedoorArticle): string {
  return `${livedoorText(article, true)}\t${article.label}`;
}

/** The text of an article, its title first or left out; white space collapsed to one space. */
export function livedoorText({ title, body }: LivedoorArticle, withTitle: boolean): string {
  return [...(withTitle ? [title] : []), ...body].join(' ').replace(/\s+/g, ' ').trim();
}

/** Reads a split file: JSON with the lists `train`, `dev` and `test`. Throws `fileNotFound`, `fileUnreadable` and what `parseConfig` throws. */
export function readLivedoorSplit(file: string): LivedoorSplit {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw readError(error, file);
  }
  return parseConfig(livedoorSplit, text, file);
}

/**
 * The three TSVs of a split of a corpus, each with the header `text<TAB>label`, for the caller to write on the user's machine.
 * Throws what reading throws, and `articlesMissing` when the split names articles that the corpus does not have.
 */
export function livedoorTsvs(source: string, splitFile: string): Record<keyof LivedoorSplit, string> {
  const articles = readLivedoor(source);
  const { train, dev, test } = readLivedoorSplit(splitFile);
  const missing = [...train, ...dev, ...test].filter((name) => !articles.has(name));
  if (missing.length > 0) throw new TrainerError('articlesMissing', { file: source, articles: missing });
  const tsv = (names: readonly string[]): string =>
    ['text\tlabel', ...names.map((name) => livedoorRow(articles.get(name)!)), ''].join('\n');
  return { train: tsv(train), dev: tsv(dev), test: tsv(test) };
}

function readFiles(source: string): Map<string, Buffer> {
  try {
    if (!statSync(source).isDirectory()) return readTar(source);
    const paths = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
    return new Map(
      paths.filter((path) => ARTICLE_NAME.test(path)).map((path) => [path, readFileSync(join(source, path))]),
    );
  } catch (error) {
    throw readError(error, source);
  }
}

function parseArticle(file: string, name: string, label: string, bytes: Buffer): LivedoorArticle {
  const decoder = new LineDecoder(file);
  const lines = [...decoder.push(bytes), ...decoder.end()].map(({ text }) => text);
  const [url, date, title, ...body] = lines;
  if (url === undefined || date === undefined || title === undefined) {
    throw new TrainerError('articleInvalid', { file, lines: lines.length });
  }
  return { name, label, url, date, title, body };
}
