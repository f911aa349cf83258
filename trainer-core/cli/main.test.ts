import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = fileURLToPath(new URL('./main.js', import.meta.url));
const model = `${root}media/vocab/vocab.txt`;

before(() => {
  assert.ok(existsSync(`${root}dist/ipadic.bin`), 'dist/ipadic.bin is missing: run "npm run build"');
});

function start(...argv: string[]) {
  const child = spawn(process.execPath, [program, ...argv], { env: { ...process.env, LANG: 'C', LC_ALL: 'C' } });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.err += text;
  });
  return { child, output, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...output })) };
}

test('tokenize answers each line with one JSON object', async () => {
  const { child, ended } = start('tokenize', '--model', model, '--json');
  child.stdin.end('蒸留する\n\n[MASK]です');
  const { code, out, err } = await ended;
  assert.deepEqual([code, err], [0, '']);
  const answers = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ text }) => text),
    ['蒸留する', '', '[MASK]です'],
  );
  assert.deepEqual(answers[1], { text: '', words: [], pieces: [], ids: [] });
  assert.deepEqual(answers[2].pieces, ['[MASK]', 'です']);
  assert.equal(answers[2].ids[0], 4);
  for (const { pieces, ids } of answers) assert.equal(pieces.length, ids.length);
});

test('a line is answered before the next one comes', async () => {
  const { child, output, ended } = start('tokenize', '--model', model);
  for (const word of ['猫', '犬']) {
    child.stdin.write(`${word}\n`);
    await once(child.stdout, 'data');
    assert.ok(output.out.endsWith(`${word}\n`));
  }
  child.stdin.end();
  assert.equal((await ended).code, 0);
});

test('a reader that goes away ends the program quietly', async () => {
  const { child, ended } = start('tokenize', '--model', model, '--json');
  child.stdin.on('error', () => {}); // The program is gone before we have written everything.
  child.stdin.write('日本語の文です。\n'.repeat(100_000));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const { code, err } = await ended;
  assert.deepEqual([code, err], [0, '']);
});

test(
  'Ctrl+C ends a command that waits for input, with exit code 1',
  { skip: process.platform === 'win32' },
  async () => {
    const { child, ended } = start('tokenize', '--model', model);
    child.stdin.write('猫\n');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const { code, err } = await ended;
    assert.deepEqual([code, err], [1, '']);
  },
);

test('wrong usage is exit code 2, a failure 1', async () => {
  const usage = await start('tokenize', '--modle', model).ended;
  assert.deepEqual([usage.code, usage.out], [2, '']);
  assert.match(usage.err, /Did you mean --model\?/);
  const failure = start('tokenize', '--model', `${root}nowhere.txt`);
  failure.child.stdin.end();
  const { code, err } = await failure.ended;
  assert.equal(code, 1);
  assert.match(err, /nowhere\.txt/);
});

test('the version is package.json’s', async () => {
  const { code, out } = await start('--version').ended;
  assert.equal(code, 0);
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
});
