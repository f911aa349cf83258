import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { failureOf } from '../../test/support/commandLine.js';
import { madeUpChunk, writeCorpus } from '../../test/support/corpora.js';
import { testTerminal } from '../../test/support/testTerminal.js';
import { Random } from '../corpus/random.js';
import type { CorpusManifest } from '../protocol/corpusManifest.js';
import { runProgram } from './program.js';
import { displayWidth } from './width.js';

const home = mkdtempSync(join(tmpdir(), 'corpusCommands-'));
after(() => rmSync(home, { recursive: true }));

const corpus = join(home, 'corpus');
const SHA256 = '0123456789abcdef'.repeat(4);
const made = madeUpChunk(Random.fromSeed(1), 20, 1000);
let manifest: CorpusManifest;
before(async () => {
  manifest = await writeCorpus(corpus, [[made]], { vocabularySize: 1000, sha256: SHA256 });
});

async function run(...argv: string[]) {
  const terminal = testTerminal();
  const code = await runProgram(argv, terminal, '1.2.3');
  return { code, out: terminal.stdout.text, err: terminal.stderr.text };
}

test('stats tells what the corpus is and its report; with --json the report as corpus.json has it', async () => {
  for (const language of ['en', 'ja']) {
    const { code, out, err } = await run('corpus', 'stats', corpus, '--lang', language);
    assert.deepEqual([code, err], [0, '']);
    for (const fact of [corpus, SHA256, '--max-seq-length 128']) assert.ok(out.includes(fact), fact);
    for (const line of out.split('\n')) assert.ok(displayWidth(line) <= 80, line);
  }
  const json = await run('corpus', 'stats', corpus, '--json', '--verify');
  assert.equal(json.code, 0);
  assert.deepEqual(JSON.parse(json.out), manifest.report);
});

test('stats --verify reads every file, and names one that was altered; stats alone does not read it', async () => {
  const { code, out, err } = await run('corpus', 'stats', corpus, '--verify');
  assert.equal(code, 0);
  assert.match(out, /\nEvery file has the size and checksum/);
  assert.match(err, /^checking/);
  const altered = join(home, 'altered');
  await writeCorpus(altered, [[made]], { vocabularySize: 1000, sha256: SHA256 });
  writeFileSync(join(altered, 'vocab.txt'), 'x'.repeat(manifest.vocabulary.sizeBytes));
  assert.equal((await run('corpus', 'stats', altered)).code, 0);
  const failure = await failureOf<'corpusFileDamaged'>('corpus', 'stats', altered, '--verify');
  assert.deepEqual([failure.exitCode, failure.code, failure.data.fault], [1, 'corpusFileDamaged', 'checksum']);
  assert.ok(failure.text.includes(join(altered, 'vocab.txt')));
});

test('show gives a sequence by its number from 0: ids, words and text', async () => {
  const lengths = [...made.lengths];
  for (const sequence of [0, 19]) {
    const start = lengths.slice(0, sequence).reduce((sum, length) => sum + length, 0);
    const part = [start, start + (lengths[sequence] as number)] as const;
    const { code, out } = await run('corpus', 'show', corpus, '--sequence', String(sequence), '--json');
    assert.equal(code, 0);
    const shown = JSON.parse(out);
    assert.deepEqual([shown.sequence, shown.ids], [sequence, [...made.ids.subarray(...part)]]);
    assert.equal(
      shown.words.length,
      made.wordStarts.subarray(...part).reduce((sum, flag) => sum + flag, 0),
    );
    assert.equal(shown.words.flat()[1], `語${shown.ids[1]}`);
    assert.ok(shown.text.startsWith(`語${shown.ids[1]}`));
    const people = await run('corpus', 'show', corpus, '--sequence', String(sequence), '--lang', 'ja');
    assert.match(people.out, new RegExp(`^系列 ${sequence}（0 ～ 19）: .*${shown.ids.length} トークン`));
    for (const line of people.out.split('\n')) assert.ok(displayWidth(line) <= 80, line);
  }
});

test('a sequence that is not there, no number, no folder and no corpus are told apart', async () => {
  const beyond = await failureOf<'corpusSequenceOutOfRange'>('corpus', 'show', corpus, '--sequence', '20');
  assert.deepEqual([beyond.exitCode, beyond.data], [1, { folder: corpus, sequence: 20, sequences: 20 }]);
  assert.match(beyond.action, /from 0 to 19/);
  for (const wrong of ['-1', 'first', '1.5']) {
    const failure = await failureOf('corpus', 'show', corpus, `--sequence=${wrong}`);
    assert.equal(failure.exitCode, 2);
    assert.match(failure.text, /^--sequence: "sequence" should be/);
  }
  assert.match((await failureOf('corpus', 'show', corpus)).text, /^--sequence is missing\./);
  assert.match((await failureOf('corpus', 'stats')).text, /^DIR is missing\./);
  const none = await failureOf<'corpusNotFound'>('corpus', 'stats', home);
  assert.deepEqual([none.exitCode, none.code, none.data], [1, 'corpusNotFound', { folder: home }]);
});
