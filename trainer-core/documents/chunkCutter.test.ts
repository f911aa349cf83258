import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { proseOf } from '../../test/support/inputFiles.js';
import { DUMP_END, dumpHead, dumpPage, dumpRevision } from '../../test/support/wikiDump.js';
import { hasCode } from '../protocol/errors.js';
import { ChunkCutter, type Cut, type CutPosition, FILE_START } from './chunkCutter.js';
import type { InputFile } from './inputs.js';
import { ARTICLES, JSON_LINES, PAGES, type Records, TEXT_LINES, TEXT_PARAGRAPHS } from './records.js';
import type { Unpacked } from './unpacked.js';

const CHUNK_BYTES = 40;

function inputFile(compression: InputFile['compression']): InputFile {
  return { file: 'x', format: 'text', compression, sizeBytes: 5000 };
}

/** Damage, or a place to begin anew, after so many unpacked bytes. */
type Event = Exclude<Unpacked, { kind: 'bytes' }> & { after: number };

/** The input as it is unpacked in pieces of `pieceBytes`, from a position on. */
function* unpackedFrom(
  bytes: Buffer,
  events: readonly Event[],
  pieceBytes: number,
  from: CutPosition,
): Generator<Unpacked> {
  let at = from.offset - from.skip;
  for (const event of events) {
    if (event.after < at || (event.kind === 'restart' && event.offsetBytes <= from.at)) continue;
    yield* pieces(event.after);
    yield event;
    if (event.kind === 'fault' && event.fault === 'truncated') return;
  }
  yield* pieces(bytes.length);

  function* pieces(to: number): Generator<Unpacked> {
    for (; at < to; at = Math.min(at + pieceBytes, to)) {
      yield { kind: 'bytes', bytes: bytes.subarray(at, Math.min(at + pieceBytes, to)), readBytes: 0 };
    }
  }
}

function cutsOf(records: Records, items: Iterable<Unpacked>, from = FILE_START, chunkBytes?: number): Cut[] {
  const cutter = new ChunkCutter(inputFile('bz2'), records, from, chunkBytes);
  const cuts: Cut[] = [];
  for (const item of items) cuts.push(...cutter.push(item));
  try {
    cuts.push(...cutter.end());
  } catch (error) {
    if (!hasCode(error, 'fileEmpty') && !hasCode(error, 'dumpEmpty') && !hasCode(error, 'inputDamaged')) throw error;
  }
  return cuts;
}

const plain = (cuts: readonly Cut[]) => cuts.map((cut) => ({ ...cut, bytes: cut.bytes.toString('latin1') }));

const FORMATS: Record<string, { records: Records; tokens: string[] }> = {
  pages: {
    records: PAGES,
    tokens: ['<page>', '</page>', '<page>a</page>', '<pag', 'e>', '</mediawiki>', 'text', '\n', '</siteinfo>'],
  },
  articles: {
    records: ARTICLES,
    tokens: ['<doc id="1">\n', '\n</doc>', '<doc id="2">a\n</doc>\n', '\n</do', 'text', '\n'],
  },
  json: { records: JSON_LINES, tokens: ['{"a":1}', '\n', '{', '}\r\n', ' ', 'text'] },
  lines: { records: TEXT_LINES, tokens: ['text', '\n', '\r\n', '。', ' '] },
  paragraphs: { records: TEXT_PARAGRAPHS, tokens: ['text', '\n', '\n\n', '\r\n\r\n', 'long long text', ' '] },
};

const eventArbitrary = (bytes: number): fc.Arbitrary<Event[]> =>
  fc
    .array(fc.record({ after: fc.nat(bytes), kind: fc.constantFrom('restart', 'damagedBlock', 'truncated') }), {
      maxLength: 5,
    })
    .map((events) =>
      events
        .sort((a, b) => a.after - b.after)
        .map(({ after, kind }, index): Event => {
          const offsetBytes = (index + 1) * 1000;
          return kind === 'restart'
            ? { kind, offsetBytes, after }
            : { kind: 'fault', fault: kind as 'truncated', offsetBytes, after };
        }),
    );

for (const [name, { records, tokens }] of Object.entries(FORMATS)) {
  const input = fc
    .array(fc.constantFrom(...tokens), { maxLength: 60 })
    .map((parts) => Buffer.from(parts.join('')))
    .chain((bytes) => fc.tuple(fc.constant(bytes), eventArbitrary(bytes.length)));

  test(`${name}: chunks do not depend on how the bytes came, and from each the same ones follow`, () => {
    fc.assert(
      fc.property(input, fc.integer({ min: 1, max: 50 }), ([bytes, events], pieceBytes) => {
        const whole = plain(cutsOf(records, unpackedFrom(bytes, events, 1e9, FILE_START), FILE_START, CHUNK_BYTES));
        const pieces = plain(
          cutsOf(records, unpackedFrom(bytes, events, pieceBytes, FILE_START), FILE_START, CHUNK_BYTES),
        );
        assert.deepEqual(pieces, whole);
        for (const [index, { next }] of whole.slice(0, -1).entries()) {
          const rest = cutsOf(records, unpackedFrom(bytes, events, pieceBytes, next), next, CHUNK_BYTES);
          assert.deepEqual(plain(rest), whole.slice(index + 1));
        }
      }),
      { numRuns: 500 },
    );
  });

  test(`${name}: all whole records are in the chunks, in order, and nothing else but what lies between`, () => {
    fc.assert(
      fc.property(input, ([bytes, events]) => {
        const cuts = cutsOf(records, unpackedFrom(bytes, events, 7, FILE_START), FILE_START, CHUNK_BYTES);
        const got = cuts.flatMap((cut) => wholeRecords(name, cut.bytes.toString('latin1')));
        assert.deepEqual(got, expectedRecords(name, bytes.toString('latin1'), events));
      }),
      { numRuns: 500 },
    );
  });
}

/** The records that lie wholly in a text: between marks, or lines that are not blank. */
function wholeRecords(name: string, text: string): string[] {
  if (name === 'pages') return text.match(/<page>(?:(?!<page>).)*?<\/page>/gs) ?? [];
  if (name === 'articles') return text.match(/<doc id=(?:(?!<doc id=).)*?\n<\/doc>/gs) ?? [];
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Those of the input, which damage cuts in parts: a line beside damage is not whole. */
function expectedRecords(name: string, text: string, events: readonly Event[]): string[] {
  const byMarks = name === 'pages' || name === 'articles';
  const faults = events.filter((event) => event.kind === 'fault');
  const last = faults.findIndex(({ fault }) => fault === 'truncated');
  const places = (last < 0 ? faults : faults.slice(0, last + 1)).map(({ after }) => after);
  const parts = [0, ...places].map((from, index) => text.slice(from, places[index]));
  if (last >= 0) parts.pop();
  return parts.flatMap((part, index) => {
    if (byMarks) return wholeRecords(name, part);
    const begin = index === 0 ? 0 : part.indexOf('\n') + 1 || part.length;
    const end = index === places.length ? part.length : part.lastIndexOf('\n') + 1;
    return wholeRecords(name, part.slice(begin, Math.max(begin, end)));
  });
}

const bytesOf = (text: string): Unpacked[] => [{ kind: 'bytes', bytes: Buffer.from(text), readBytes: 0 }];
const faultsOf = (cuts: readonly Cut[]) =>
  cuts.flatMap(({ faults }) => faults.map(({ kind, offsetBytes }) => `${kind}@${offsetBytes}`));

test('damage is told with what it cut, and once', () => {
  const page = (id: number) => dumpPage(id, { title: 'a', text: 'b' });
  const damage = (offsetBytes: number): Unpacked => ({ kind: 'fault', fault: 'damagedBlock', offsetBytes });
  const told = (...items: (string | Unpacked)[]) =>
    faultsOf(
      cutsOf(
        PAGES,
        items.flatMap((item) => (typeof item === 'string' ? bytesOf(item) : [item])),
      ),
    );

  assert.deepEqual(told(dumpHead(), page(1), DUMP_END), []);
  assert.deepEqual(told(dumpHead(), page(1), damage(7), page(2), DUMP_END), ['damagedBlock@7']);
  const half = page(2).slice(0, 30);
  assert.deepEqual(told(dumpHead(), page(1), half, damage(7), page(3), DUMP_END), ['damagedBlock@7', 'cutPage@7']);
  const rest = page(2).slice(-30);
  assert.deepEqual(told(dumpHead(), page(1), half, damage(7), rest, page(3), DUMP_END), [
    'damagedBlock@7',
    'cutPage@7',
  ]);
  assert.deepEqual(told(dumpHead(), page(1), damage(7), rest, damage(8), page(3), DUMP_END), [
    'damagedBlock@7',
    'cutPage@7',
    'damagedBlock@8',
  ]);
  assert.deepEqual(told(dumpHead().slice(0, 100), damage(7), dumpHead().slice(200), page(1), DUMP_END), [
    'damagedBlock@7',
  ]);
});

test('an export that does not end is told, and the page that does not', () => {
  const told = (text: string) => faultsOf(cutsOf(PAGES, bytesOf(text)));
  const whole = dumpHead() + dumpPage(1, { title: 'a', text: 'b' }) + dumpPage(2, { title: 'c', text: 'd' });
  assert.deepEqual(told(whole), ['truncated@5000']);
  assert.deepEqual(told(whole.slice(0, -20)), ['truncated@5000', 'cutPage@5000']);
  // A page in the middle that does not end: all that is known of a packed file is where unpacking began.
  assert.deepEqual(told(`${dumpHead()}<page><title>x</title>${whole}${DUMP_END}`), ['cutPage@0']);
  const plainFile = new ChunkCutter(inputFile('none'), PAGES, FILE_START);
  const cuts = [
    ...bytesOf(`abc<page><title>x</title>${whole}${DUMP_END}`).flatMap((item) => [...plainFile.push(item)]),
    ...plainFile.end(),
  ];
  const [fault] = cuts.flatMap(({ faults }) => faults);
  assert.equal(fault?.offsetBytes, Buffer.byteLength(`abc<page><title>x</title>${dumpHead()}  `));
});

test('files without a record are errors', () => {
  const end = (records: Records, items: Unpacked[]) => () => {
    const cutter = new ChunkCutter(inputFile('none'), records, FILE_START);
    for (const item of items) assert.deepEqual([...cutter.push(item)], []);
    return [...cutter.end()];
  };
  const damage: Unpacked = { kind: 'fault', fault: 'truncated', offsetBytes: 9 };
  assert.throws(end(TEXT_LINES, []), (error) => hasCode(error, 'fileEmpty'));
  assert.throws(end(JSON_LINES, bytesOf(' \n\n')), (error) => hasCode(error, 'fileEmpty'));
  assert.throws(end(PAGES, bytesOf(dumpHead() + DUMP_END)), (error) => hasCode(error, 'dumpEmpty'));
  assert.throws(
    end(PAGES, [...bytesOf(dumpHead()), damage]),
    (error) => hasCode(error, 'inputDamaged') && error.data.offsetBytes === 9,
  );
});

test('of a page with a long history only the newest revision is kept in memory', () => {
  const revisions = Array.from({ length: 30 }, (_, index) => dumpRevision(`${index} ${'history '.repeat(125_000)}`));
  const [begin, end] = ['<page><title>a</title><id>1</id>\n', '</page>\n'];
  const text = Buffer.from(
    dumpHead() + begin + revisions.join('') + end + dumpPage(2, { title: 'b', text: 'c' }) + DUMP_END,
  );
  const cuts = [5e5, 3e6, 1e9].map((pieceBytes) => cutsOf(PAGES, unpackedFrom(text, [], pieceBytes, FILE_START)));
  assert.deepEqual(plain(cuts[1]!), plain(cuts[0]!));
  assert.deepEqual(plain(cuts[2]!), plain(cuts[0]!));
  const [first, second] = cuts[0]!;
  assert.equal(first!.bytes.toString(), `${begin}${revisions.at(-1)}</page>`);
  assert.equal(first!.next.offset, text.indexOf('</page>') + 7);
  assert.match(second!.bytes.toString(), /<title>b<\/title>/);
});

test('what is too long for a record is an error with its place', () => {
  const long = 'x'.repeat(5 * 1024 * 1024);
  for (const records of [TEXT_LINES, TEXT_PARAGRAPHS]) {
    for (const tail of ['', '\nnext\n', `${long}\n`]) {
      assert.throws(
        () => cutsOf(records, bytesOf(`first\n${long}${tail}`)),
        (error) => hasCode(error, 'lineTooLong') && error.data.line === 2,
      );
    }
  }
  const page = `<page>${'x'.repeat(70 * 1024 * 1024)}`;
  for (const tail of ['', '</page>']) {
    assert.throws(
      () => cutsOf(PAGES, bytesOf(`${dumpHead()}<page></page>${page}${tail}`)),
      (error) => hasCode(error, 'pageTooLong') && error.data.offsetBytes === Buffer.byteLength(dumpHead()) + 13,
    );
  }
  // What is no page at all is passed over, however long.
  const junk = Buffer.from(`${dumpHead()}${'x'.repeat(90 * 1024 * 1024)}<page></page>${DUMP_END}`);
  for (const pieceBytes of [1e6, 1e9]) {
    const [cut] = cutsOf(PAGES, unpackedFrom(junk, [], pieceBytes, FILE_START));
    assert.equal(cut!.bytes.toString('latin1'), '<page></page>');
    assert.equal(cut!.next.offset, junk.indexOf(DUMP_END));
  }
});

test('text without a blank line is cut at the end of a line', () => {
  const line = `${proseOf(1, 300)}\n`;
  const text = Buffer.from(line.repeat(5000));
  const cuts = cutsOf(TEXT_PARAGRAPHS, unpackedFrom(text, [], 65_536, FILE_START));
  assert.ok(Buffer.concat(cuts.map(({ bytes }) => bytes)).equals(text));
  assert.ok(cuts.length >= 2 && cuts.every(({ bytes }) => bytes.length < 2.2 * 1024 * 1024));
  assert.equal(cuts[1]!.start.line, 1 + cuts[0]!.bytes.length / Buffer.byteLength(line));
});
