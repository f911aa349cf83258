/** Tells what a file is by its name and, where the name does not say, by what it begins with. */
import type { UnsupportedInput } from '../protocol/errors.js';
import type { Compression, InputFormat } from './inputs.js';
import { jsonFaultAt } from './jsonFault.js';

/** A format that is read, or why it is not; null when that cannot be told. */
export type Recognised = { format: InputFormat } | { unsupported: UnsupportedInput } | null;

const NAMES: readonly (readonly [RegExp, NonNullable<Recognised>])[] = [
  // Wikimedia names parts of a dump by the pages in it.
  [/\.xml(-p\d+p\d+)?$/, { format: 'mediawiki' }],
  [/-multistream-index\d*\.txt(-p\d+p\d+)?$/, { unsupported: 'multistreamIndex' }],
  [/\.txt$/, { format: 'text' }],
  [/\.(jsonl|ndjson|json)$/, { format: 'jsonl' }],
  [/\.parquet$/, { format: 'parquet' }],
  [/\.(pickle|pkl)$/, { unsupported: 'pickle' }],
  [/\.arrow$/, { unsupported: 'arrow' }],
  [/\.(tar|tgz|tbz2?|zip|7z|rar|xz|lzma)$/, { unsupported: 'archive' }],
  [/\.sql$/, { unsupported: 'sqlDump' }],
];

const PACKED = /\.(bz2|gz|zst)$/;

/** What a file's name says. */
export function formatByName(name: string): Recognised {
  const unpacked = name.toLowerCase().replace(PACKED, '');
  return NAMES.find(([pattern]) => pattern.test(unpacked))?.[1] ?? null;
}

/** How files of each kind begin, in Latin-1, and how many bytes before it. */
const PACKED_MAGICS: readonly (readonly [string, Compression])[] = [
  ['\x1f\x8b\x08', 'gz'],
  ['\x28\xb5\x2f\xfd', 'zst'],
  // A frame that is skipped, with which pzstd begins.
  ['\x50\x2a\x4d\x18', 'zst'],
];
const MAGICS: readonly (readonly [string, number, NonNullable<Recognised>])[] = [
  ['PAR1', 0, { format: 'parquet' }],
  ['\x80\x02', 0, { unsupported: 'pickle' }],
  ['\x80\x03', 0, { unsupported: 'pickle' }],
  ['\x80\x04', 0, { unsupported: 'pickle' }],
  ['\x80\x05', 0, { unsupported: 'pickle' }],
  ['ARROW1', 0, { unsupported: 'arrow' }],
  ['PK\x03\x04', 0, { unsupported: 'archive' }],
  ['7z\xbc\xaf', 0, { unsupported: 'archive' }],
  ['Rar!', 0, { unsupported: 'archive' }],
  ['\xfd7zXZ', 0, { unsupported: 'archive' }],
  ['ustar', 257, { unsupported: 'archive' }],
];

/** How a file is packed: by its first bytes, or, where they are damaged, by its name. */
export function compressionOf(name: string, first: Buffer): Compression {
  const head = first.toString('latin1');
  const magic = PACKED_MAGICS.find(([begin]) => head.startsWith(begin));
  if (magic) return magic[1];
  if (/^BZh[1-9]/.test(head) && (head.startsWith('1AY&SY', 4) || head.startsWith('\x17rE8P\x90', 4))) return 'bz2';
  return (PACKED.exec(name.toLowerCase())?.[1] as Compression | undefined) ?? 'none';
}

/** What a file's first bytes say, unpacked; `whole`: they are all of it. */
export function formatByContent(first: Buffer, whole: boolean): Recognised {
  const head = first.toString('latin1');
  const magic = MAGICS.find(([begin, at]) => head.startsWith(begin, at));
  if (magic) return magic[2];
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^(<[?!][^>]*>\s*)*<mediawiki[\s>]/.test(text)) return { format: 'mediawiki' };
  if (text.startsWith('<doc id=')) return { format: 'wikiextractor' };
  const line = text.split('\n', 1)[0]!;
  if (!line.startsWith('{')) return null;
  try {
    const record = JSON.parse(line) as object;
    // Without a text of its own it is a description of something, such as dataset_infos.json.
    if (!Object.values(record).some((value) => typeof value === 'string')) return null;
    const keys = Object.keys(record);
    const isArticle = ['id', 'url', 'title', 'text'].every((key) => keys.includes(key));
    return { format: isArticle && keys.length <= 5 ? 'wikiextractor' : 'jsonl' };
  } catch {
    const isCut = line.length === text.length && !whole && jsonFaultAt(line) === line.length;
    return isCut ? { format: /"url".*"text"/.test(line) ? 'wikiextractor' : 'jsonl' } : null;
  }
}
