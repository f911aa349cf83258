/** Small MediaWiki dumps as `Special:Export` and the dumps of Wikipedia are written. */

import { sentences } from './tinyModels.js';

/** A page; those of namespace 0 are articles. */
export interface DumpPage {
  title: string;
  text: string;
  namespace?: number;
  redirect?: string;
}

export const DUMP_END = '</mediawiki>\n';

/** The beginning of a dump, up to its first page. */
export function dumpHead({ language = 'ja', version = '0.11' } = {}): string {
  return `<mediawiki xmlns="http://www.mediawiki.org/xml/export-${version}/" version="${version}" xml:lang="${language}">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>${language}wiki</dbname>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">ノート</namespace>
      <namespace key="6" case="first-letter">ファイル</namespace>
      <namespace key="10" case="first-letter">Template</namespace>
      <namespace key="14" case="first-letter">Category</namespace>
    </namespaces>
  </siteinfo>
`;
}

/** A page as it stands in a dump; its id is the number. */
export function dumpPage(id: number, { title, text, namespace = 0, redirect }: DumpPage): string {
  return `  <page>
    <title>${escaped(title)}</title>
    <ns>${namespace}</ns>
    <id>${id}</id>
${redirect === undefined ? '' : `    <redirect title="${escaped(redirect)}" />\n`}${dumpRevision(text)}  </page>
`;
}

export function dumpRevision(text: string): string {
  return `    <revision>
      <id>1</id>
      <timestamp>2024-01-01T00:00:00Z</timestamp>
      <contributor>
        <username>x</username>
        <id>2</id>
      </contributor>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="${Buffer.byteLength(text)}" xml:space="preserve">${escaped(text)}</text>
    </revision>
`;
}

/** A whole dump; ids count from 1. */
export function wikiDump(pages: readonly DumpPage[], language = 'ja'): string {
  return dumpHead({ language }) + pages.map((page, index) => dumpPage(index + 1, page)).join('') + DUMP_END;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Articles of ten made-up sentences with some markup; of ten pages one is a redirect and one of another namespace. */
export function madeUpPages(count: number): DumpPage[] {
  const texts = sentences(count * 10, 5).map(({ text }) => text);
  return Array.from({ length: count }, (_, i) => {
    if (i % 10 === 8) return { title: `別名${i}`, text: '#転送 [[記事1]]', redirect: '記事1' };
    if (i % 10 === 9) return { title: `ノート:記事${i}`, text: '話し合い。', namespace: 1 };
    const [first, ...rest] = texts.slice(10 * i, 10 * i + 10);
    const lead = `{{出典の明記}}\n'''${first}'''<ref>本</ref>`;
    return { title: `記事${i}`, text: `${lead}\n\n[[ファイル:a.jpg|thumb]]\n${rest.join('')}` };
  });
}
