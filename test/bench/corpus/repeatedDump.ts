/** A dump of any size: the pages of a small one over and over, each with a title and an id of its own. */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { unpack, unpackerOf } from '../../../trainer-core/documents/unpack.js';
import { inputFile } from '../../support/inputFiles.js';
import { DUMP_END, dumpHead, dumpPage } from '../../support/wikiDump.js';
import { readWikitextFixtures } from '../../support/wikitext.js';

/** A MediaWiki export; the pages are the XML between head and end, each with its line end. */
export interface Dump {
  head: string;
  pages: string[];
}

/** The pages of Wikipedia that the tests have. They are few, short and heavy with markup. */
export function committedPages(): Dump {
  const pages = [...readWikitextFixtures()].map(([title, text], i) => dumpPage(i + 1, { title, text }));
  return { head: dumpHead(), pages };
}

/** A dump of a few megabytes, `.xml` or `.xml.bz2`. */
export async function readDump(file: string): Promise<Dump> {
  const magic = readFileSync(file).toString('latin1', 0, 3);
  const input = inputFile(file, 'mediawiki', magic === 'BZh' ? 'bz2' : 'none');
  const pieces: Uint8Array[] = [];
  for await (const item of unpack(input, 0, unpackerOf(input), new AbortController().signal)) {
    if (item.kind === 'bytes') pieces.push(item.bytes);
  }
  const xml = Buffer.concat(pieces).toString();
  const pages = xml.match(/ *<page>.*?<\/page>\n/gs);
  if (pages === null) throw new Error(`${file} has no pages`);
  return { head: xml.slice(0, xml.indexOf(pages[0]!)), pages };
}

/** Writes whole pages until the file has `sizeBytes`, and gives how many there are. */
export async function writeRepeated({ head, pages }: Dump, sizeBytes: number, file: string): Promise<number> {
  const output = await open(file, 'w');
  let [bytes, count] = [0, 0];
  const write = async (text: string) => {
    const { bytesWritten } = await output.write(text);
    bytes += bytesWritten;
  };
  try {
    await write(head);
    for (let round = 0; bytes < sizeBytes; round++) {
      const unlike = pages.map((page, i) =>
        page
          .replace('<title>', `<title>${round}-`)
          .replace(/<id>\d+<\/id>/, `<id>${round * pages.length + i + 1}</id>`),
      );
      for (const page of unlike) {
        if (bytes >= sizeBytes) break;
        await write(page);
        count += 1;
      }
    }
    await write(DUMP_END);
  } finally {
    await output.close();
  }
  return count;
}
