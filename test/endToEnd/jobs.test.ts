/** Commands that take time and are no training run: progress and result as JSON lines, exit codes, and what a signal leaves behind. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobProgress, JobResult } from '../../trainer-core/protocol/jobs.js';
import { start } from '../support/commandLine.js';
import { writeClassifier } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
after(() => rmSync(folder, { recursive: true }));

const model = join(folder, 'model');
before(async () => {
  await writeClassifier(model, 'distilbert');
});

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JobProgress | JobResult);

test('classify a file: progress, then the result, and the rows in the file', async () => {
  const [input, output] = [join(folder, 'in.txt'), join(folder, 'out.tsv')];
  writeFileSync(input, '東京の野球の試合\n\n新作の映画\n');
  const { code, out, err } = await start(['classify', '--model', model, '--input', input, '--output', output, '--json'])
    .ended;
  assert.deepEqual([code, err], [0, '']);
  const lines = jsonLines(out);
  assert.deepEqual(lines.at(-1), { type: 'classified', lines: 3, output });
  assert.deepEqual([...new Set(lines.slice(0, -1).map(({ type }) => type))], ['progress']);
  assert.match(readFileSync(output, 'utf8'), /^label\tscore\ttext\n\S+\t0\.\d{4}\t東京の野球の試合\n\t\t\n\S+\t/);

  const people = await start(['classify', '--model', model, '--input', input, '--output', output, '--lang', 'ja'])
    .ended;
  assert.equal(people.code, 0);
  assert.match(people.out, /^3 行を分類しました: .*out\.tsv\n$/);
  const usage = await start(['classify', '--model', model, '--input', input]).ended;
  assert.deepEqual([usage.code, usage.out], [2, '']);
  assert.match(usage.err, /--output is missing/);
});

test('import: from a folder; an unreachable hub is exit code 1 and says what else can be done', async () => {
  const out = join(folder, 'imported');
  const { code, out: said, err } = await start(['import', '--from', model, '--out', out, '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(jsonLines(said).at(-1), { type: 'model', folder: out });
  assert.deepEqual(readdirSync(out).sort(), readdirSync(model).sort());

  const env = { ...process.env, LANG: 'C', LC_ALL: 'C', HF_ENDPOINT: 'http://127.0.0.1:1', NO_PROXY: '*' };
  const away = await start(['import', '--from', 'a/b', '--out', join(folder, 'away')], { env }).ended;
  assert.deepEqual([away.code, away.out], [1, '']);
  assert.match(away.err, /127\.0\.0\.1:1 cannot be reached[\s\S]*HF_ENDPOINT[\s\S]*import\s+its\s+folder/);
});

test('export writes a folder with the card that card prints', async () => {
  const out = join(folder, 'exported');
  const { code, out: said, err } = await start(['export', '--model', model, '--out', out, '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(jsonLines(said).at(-1), { type: 'model', folder: out });
  const card = await start(['card', '--model', out]).ended;
  assert.deepEqual([card.code, card.err], [0, '']);
  assert.equal(card.out, readFileSync(join(out, 'README.md'), 'utf8'));
});

test('card --out puts the card into a folder, with the licence that is asked for', async () => {
  const out = join(folder, 'published');
  const { code, out: said, err } = await start(['card', '--model', model, '--out', out, '--license', 'mit']).ended;
  assert.deepEqual([code, said, err], [0, '', '']);
  assert.deepEqual(readdirSync(out), ['README.md']);
  const card = readFileSync(join(out, 'README.md'), 'utf8');
  assert.match(card, /\nlicense: mit\n[\s\S]*from_pretrained\("published"\)/);
  const json = await start(['card', '--model', model, '--out', out, '--json']).ended;
  const files = { 'README.md': readFileSync(join(out, 'README.md'), 'utf8') };
  assert.deepEqual(jsonLines(json.out), [{ files }]);
  assert.match(files['README.md'], /\nlicense: unknown\n/);
  const refused = await start(['card', '--model', model, '--license', 'gpl']).ended;
  assert.deepEqual([refused.code, refused.out], [2, '']);
  assert.match(refused.err, /--license: "license" should be "unknown"/);
});

test('SIGTERM ends it with exit code 1 and leaves nothing', { skip: process.platform === 'win32' }, async () => {
  const home = join(folder, 'stopped');
  mkdirSync(home);
  const input = join(home, 'in.txt');
  writeFileSync(input, `${'東京の野球の試合'.repeat(8)}\n`.repeat(200_000));
  const args = ['classify', '--model', model, '--input', input, '--output', join(home, 'out.tsv'), '--json'];
  const { child, ended, wrote } = start(args);
  assert.ok(await wrote(/"classifying","done":[1-9]/));
  child.kill('SIGTERM');
  const { code, err } = await ended;
  assert.deepEqual([code, err], [1, '']);
  assert.deepEqual(readdirSync(home), ['in.txt']);
});
