import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type LinesPiece, MetricsTail } from './metricsTail.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tail-'));
  file = path.join(folder, 'metrics.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

async function all(tail: MetricsTail): Promise<LinesPiece[]> {
  const pieces: LinesPiece[] = [];
  for await (const piece of tail.read()) pieces.push(piece);
  return pieces;
}

const text = (pieces: LinesPiece[]) => pieces.map(({ lines }) => lines).join('');

describe('MetricsTail', () => {
  it('gives the file in pieces of whole lines and then only what is added', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `{"step":${index},"text":"日本語"}\n`).join('');
    await writeFile(file, lines);
    const tail = new MetricsTail(file, 100);
    const pieces = await all(tail);
    assert.ok(pieces.length > 5);
    assert.ok(pieces.every((piece) => piece.lines.endsWith('\n') && Buffer.byteLength(piece.lines) <= 100));
    assert.equal(text(pieces), lines);
    assert.deepEqual(
      pieces.map(({ reset }) => reset),
      pieces.map((_, index) => index === 0),
    );
    assert.deepEqual(
      pieces.map(({ complete }) => complete),
      pieces.map((_, index) => index === pieces.length - 1),
    );
    assert.deepEqual(await all(tail), []);
    await appendFile(file, 'new\n');
    assert.deepEqual(await all(tail), [{ reset: false, lines: 'new\n', complete: true }]);
  });

  it('keeps half a line back until it is whole', async () => {
    await writeFile(file, 'one\ntw');
    const tail = new MetricsTail(file);
    assert.equal(text(await all(tail)), 'one\n');
    assert.deepEqual(await all(tail), []);
    await appendFile(file, 'o\n');
    assert.equal(text(await all(tail)), 'two\n');
  });

  it('gives a line longer than a piece whole', async () => {
    const long = `${'x'.repeat(5000)}\n`;
    await writeFile(file, `a\n${long}b\n`);
    assert.equal(text(await all(new MetricsTail(file, 64))), `a\n${long}b\n`);
  });

  it('starts again when lines were dropped, even if as many were added since', async () => {
    await writeFile(file, 'one\ntwo\nthree\n');
    const tail = new MetricsTail(file);
    await all(tail);
    await truncate(file, 4);
    assert.deepEqual(await all(tail), [{ reset: true, lines: 'one\n', complete: true }]);
    await appendFile(file, 'TWO\n');
    assert.deepEqual(await all(tail), [{ reset: false, lines: 'TWO\n', complete: true }]);
    await writeFile(file, 'one\ntwo again\nand more\n');
    assert.deepEqual(await all(tail), [{ reset: true, lines: 'one\ntwo again\nand more\n', complete: true }]);
  });

  it('takes a missing file for an empty one, now or later', async () => {
    const tail = new MetricsTail(file);
    assert.deepEqual(await all(tail), [{ reset: true, lines: '', complete: true }]);
    await writeFile(file, 'one\n');
    assert.equal(text(await all(tail)), 'one\n');
    await rm(file);
    assert.deepEqual(await all(tail), [{ reset: true, lines: '', complete: true }]);
  });
});
