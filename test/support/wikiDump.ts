/** Small MediaWiki dumps as `Special:Export` and the dumps of Wikipedia are written (export-0.11). */

import { sentences } from './tinyModels.js';

/** A page; `ns` 0 are articles. */
export interface DumpPage {
  title: string;
  text: string;
  ns?: number;
  redirect?: string;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The head of a dump, up to its first page. */
export function dumpHead(language = 'ja'): string {
  return `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="${language}">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>${language}wiki</dbname>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">ノート</namespace>
      <namespace key="6" case="first-letter">ファイル</namespace>
      <namespace key="14" case="first-letter">Category</namespace>
    </namespaces>
  </siteinfo>
`;
}

/** Pages as they stand in a dump; ids count from `firstId`. */
export function dumpPages(pages: readonly DumpPage[], firstId = 1): string {
  return pages
    .map(
      ({ title, text, ns = 0, redirect }, i) => `  <page>
    <title>${escaped(title)}</title>
    <ns>${ns}</ns>
    <id>${firstId + i}</id>
${redirect === undefined ? '' : `    <redirect title="${escaped(redirect)}" />\n`}    <revision>
      <id>${1000 + firstId + i}</id>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="${Buffer.byteLength(text)}" xml:space="preserve">${escaped(text)}</text>
    </revision>
  </page>
`,
    )
    .join('');
}

/** A whole dump. */
export function wikiDump(pages: readonly DumpPage[], language = 'ja'): string {
  return `${dumpHead(language)}${dumpPages(pages)}</mediawiki>\n`;
}

/** Articles of ten made-up sentences with some markup; of ten pages one is a redirect and one of another namespace. */
export function madeUpPages(count: number): DumpPage[] {
  const texts = sentences(count * 10, 5).map(({ text }) => text);
  return Array.from({ length: count }, (_, i) => {
    if (i % 10 === 8) return { title: `別名${i}`, text: '#転送 [[記事1]]', redirect: '記事1' };
    if (i % 10 === 9) return { title: `ノート:記事${i}`, text: '話し合い。', ns: 1 };
    const [first, ...rest] = texts.slice(10 * i, 10 * i + 10);
    const lead = `{{出典の明記}}\n'''${first}'''<ref>本</ref>`;
    return { title: `記事${i}`, text: `${lead}\n\n[[ファイル:a.jpg|thumb]]\n${rest.join('')}` };
  });
}
