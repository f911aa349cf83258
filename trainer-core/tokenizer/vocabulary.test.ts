/** Reading of vocabularies, good and bad. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ErrorCode, type ErrorData, TrainerError } from '../protocol/errors.js';
import { readVocabulary, SPECIAL_PIECES } from './vocabulary.js';

const folder = mkdtempSync(join(tmpdir(), 'vocabulary-'));
const file = join(folder, 'vocab.txt');
after(() => rmSync(folder, { recursive: true }));

function read(contents: string | Uint8Array) {
  writeFileSync(file, contents);
  return readVocabulary(file);
}

function throwsCode<C extends ErrorCode>(contents: string | Uint8Array, code: C, data: ErrorData[C]) {
  assert.throws(
    () => read(contents),
    (error) => {
      assert.ok(error instanceof TrainerError);
      assert.deepEqual({ code: error.code, data: error.data }, { code, data });
      return true;
    },
  );
}

const special = SPECIAL_PIECES.join('\n');

test('a piece has the number of its line for id; line ends, a mark at the start and an empty line are no matter', () => {
  for (const contents of [`${special}\n\nの\n##る\n`, `\ufeff${special}\n\nの\n##る`.replaceAll('\n', '\r\n')]) {
    const vocabulary = read(contents);
    assert.equal(vocabulary.size, 8);
    assert.deepEqual(vocabulary.pieces.slice(5), ['', 'の', '##る']);
    assert.equal(vocabulary.idOf('##る'), 7);
    assert.equal(vocabulary.idOf('る'), undefined);
    const { padId, unkId, clsId, sepId, maskId } = vocabulary;
    assert.deepEqual([padId, unkId, clsId, sepId, maskId], [0, 1, 2, 3, 4]);
  }
});

test('what is wrong with a vocabulary is said with its line', () => {
  throwsCode('', 'fileEmpty', { file });
  throwsCode(`${special}\nの\nに\nの\n`, 'vocabularyInvalid', {
    file,
    line: 8,
    reason: 'the piece "の" is already on line 6',
  });
  throwsCode('[PAD]\n[UNK]\n[CLS]\n[SEP]\n', 'vocabularyInvalid', {
    file,
    line: 4,
    reason: 'the special piece [MASK] is missing',
  });
  throwsCode(Buffer.concat([Buffer.from(`${special}\n`), Buffer.from([0xe3, 0x81, 0x0a])]), 'invalidUtf8', {
    file,
    line: 6,
  });
});

test('a vocabulary that is not there, or is a folder', () => {
  const missing = join(folder, 'none.txt');
  assert.throws(() => readVocabulary(missing), { name: 'TrainerError', code: 'fileNotFound' });
  assert.throws(() => readVocabulary(folder), { name: 'TrainerError', code: 'fileUnreadable' });
});
