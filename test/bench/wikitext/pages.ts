/** What the programs here read: articles of a MediaWiki dump, documents of WikiExtractor's output. Small files only: both are read whole. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Page {
  id: string;
  title: string;
  wikitext: string;
}

function unescapeXml(text: string): string {
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return text.replace(/&(lt|gt|quot|amp);/g, (_, name: string) => signs[name]!);
}

/** The pages of namespace 0 that are no redirects. */
export function readPages(file: string): Page[] {
  const pages: Page[] = [];
  for (const [page] of readFileSync(file, 'utf8').matchAll(/<page>.*?<\/page>/gs)) {
    const field = (name: string) => new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 's').exec(page)?.[1] ?? '';
    if (field('ns') !== '0' || page.includes('<redirect')) continue;
    pages.push({ id: field('id'), title: unescapeXml(field('title')), wikitext: unescapeXml(field('text')) });
  }
  return pages;
}

/** Lines of each document by page id, its title left out. `folder` holds files as `--output` writes them. */
export function readWikiExtractor(folder: string): Map<string, string[]> {
  const documents = new Map<string, string[]>();
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, id, body] of text.matchAll(/<doc id="(\d+)"[^>]*>\n(.*?)\n<\/doc>/gs)) {
      documents.set(id!, unescapeXml(body!).split('\n').slice(2));
    }
  }
  return documents;
}
