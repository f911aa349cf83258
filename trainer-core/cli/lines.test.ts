import assert from 'node:assert/strict';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { hasCode } from '../protocol/errors.js';
import { lineBatches, writeText } from './lines.js';

const going = new AbortController().signal;

async function lines(...chunks: (string | Buffer)[]): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of lineBatches(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), going))
    all.push(...batch);
  return all;
}

test('lines are the same however the bytes are cut', async () => {
  const text = Buffer.from('日本\n\nabc\u2028d\n最後');
  const expected = ['日本', '', 'abc\u2028d', '最後'];
  assert.deepEqual(await lines(text), expected);
  assert.deepEqual(await lines(...Array.from(text, (byte) => Buffer.from([byte]))), expected);
  assert.deepEqual(await lines('a\n', 'b\n'), ['a', 'b']);
  assert.deepEqual(await lines(''), []);
});

test('LF or CR LF ends a line', async () => {
  assert.deepEqual(await lines('a\r\nb\nc\rd\r\n\n'), ['a', 'b', 'c\rd', '']);
});

test('a byte order mark is dropped at the start only', async () => {
  assert.deepEqual(await lines('\uFEFFa\n\uFEFFb'), ['a', '\uFEFFb']);
});

test('bytes that are not UTF-8 are an error with the line', async () => {
  await assert.rejects(lines('a\nb\n', Buffer.from([0xe3, 0x81]), '\nd'), (error) => {
    assert.ok(hasCode(error, 'invalidUtf8'));
    assert.deepEqual([error.data.file, error.data.line], ['<stdin>', 3]);
    return true;
  });
});

test('a line without end is refused before it fills the memory', async () => {
  const megabyte = Buffer.alloc(2 ** 20, 'x');
  let read = 0;
  const endless = new Readable({
    read() {
      read++;
      this.push(megabyte);
    },
  });
  await assert.rejects(
    async () => {
      for await (const _ of lineBatches(endless, going)) assert.fail('no line ended');
    },
    (error) => hasCode(error, 'lineTooLong') && error.data.line === 1,
  );
  assert.ok(read < 10, `${read} MiB`);
});

test('writing waits for a slow reader, and not for one that is gone', async () => {
  let release = () => {};
  const take = (done: () => void) => {
    release = done;
  };
  const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => take(done) });
  let written = false;
  const writing = writeText(slow, 'abc', new AbortController().signal).then(() => {
    written = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(written, false);
  release();
  await writing;

  const stop = new AbortController();
  const stuck = new Writable({ highWaterMark: 1, write: () => {} });
  const waiting = writeText(stuck, 'abc', stop.signal);
  stop.abort();
  await waiting;
});

test('a stop ends the wait for a line at once', async () => {
  const stop = new AbortController();
  const silent = new Readable({ read() {} });
  setTimeout(() => stop.abort(), 10);
  await assert.rejects(
    async () => {
      for await (const _ of lineBatches(silent, stop.signal)) assert.fail('there is no line');
    },
    { name: 'AbortError' },
  );
});
