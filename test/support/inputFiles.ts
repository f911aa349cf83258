/** Makes inputs of a corpus: dumps, and files packed by the real programs. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { Compression, InputFile, InputFormat, InputOptions } from '../../trainer-core/documents/inputs.js';
import { isInstalled } from '../../trainer-core/documents/program.js';

/** A folder for a test file's inputs, removed after its tests. `write` gives the path of what it wrote. */
export function inputFolder(name: string): {
  folder: string;
  write(file: string, contents: string | Uint8Array): string;
} {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  after(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    write(file, contents) {
      const path = join(folder, file);
      writeFileSync(path, contents);
      return path;
    },
  };
}

export function inputFile(file: string, format: InputFormat, compression: Compression = 'none'): InputFile {
  return { file, format, compression, sizeBytes: statSync(file).size };
}

export const INPUT_OPTIONS: InputOptions = {
  textDocuments: 'blankLines',
  textField: 'text',
  lists: false,
  headings: false,
  disambiguations: false,
  anyLanguage: false,
};

/** Whether a Debian program is there. Without it the test fails under CI=true and is skipped elsewhere. */
export function needs(t: TestContext, program: string): boolean {
  if (isInstalled(program)) return true;
  assert.notEqual(process.env.CI, 'true', `${program} is not installed`);
  t.skip(`${program} is not installed`);
  return false;
}

/** What a program such as `bzip2 -9` makes of its standard input. */
export function packedBy(program: string, args: readonly string[], bytes: string | Uint8Array): Buffer {
  return execFileSync(program, [...args, '-c'], { input: bytes, maxBuffer: 1 << 30 });
}

export interface DumpPage {
  title: string;
  text: string;
  namespace?: number;
}

export const DUMP_END = '</mediawiki>\n';

/** The beginning of an export, up to its first page. */
export function dumpHead({ language = 'ja', version = '0.11' } = {}): string {
  return `<mediawiki xmlns="http://www.mediawiki.org/xml/export-${version}/" version="${version}" xml:lang="${language}">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>${language}wiki</dbname>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">ノート</namespace>
      <namespace key="6" case="first-letter">ファイル</namespace>
      <namespace key="10" case="first-letter">Template</namespace>
    </namespaces>
  </siteinfo>
`;
}

/** A page as MediaWiki exports it; its id is the number. */
export function dumpPage(id: number, { title, text, namespace = 0 }: DumpPage): string {
  return `  <page>
    <title>${escaped(title)}</title>
    <ns>${namespace}</ns>
    <id>${id}</id>
${dumpRevision(text)}  </page>
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

export function dump(pages: readonly DumpPage[]): string {
  return dumpHead() + pages.map((page, index) => dumpPage(index + 1, page)).join('') + DUMP_END;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Text that is about as hard to pack as real text, the same each time. */
export function proseOf(seed: number, characters: number): string {
  const letters = 'のにはをたがでてとしれさあいうえおかきくけこ山川海空人日本語。、';
  let state = seed * 2654435761 + 1;
  let text = '';
  while (text.length < characters) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += letters[Math.floor((state / 2 ** 32) * letters.length)];
  }
  return text;
}
