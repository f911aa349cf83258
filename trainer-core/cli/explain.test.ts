import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { testTerminal } from '../../test/support/testTerminal.js';
import { sentences, writeClassifier, writeLanguageModel } from '../../test/support/tinyModels.js';
import { runProgram } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'explain-command-'));
after(() => rmSync(folder, { recursive: true }));
const model = join(folder, 'model');
const [first, second] = sentences(2, 3).map(({ text }) => text) as [string, string];
before(() => writeClassifier(model, 'distilbert'));

async function run(args: readonly string[], input = '', signal?: AbortSignal) {
  const terminal = { ...testTerminal(input), ...(signal ? { signal } : {}) };
  const code = await runProgram(['explain', ...args], terminal, '0');
  return { code, out: terminal.stdout.text, err: terminal.stderr.text };
}

test('a text is explained for people', async () => {
  const { code, out, err } = await run(['--model', model, '--text', first]);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^(スポーツ|映画|電気) {2}\d+\.\d %\n\nLog-odds of .*\n/);
  assert.match(out, /^ +[+−]\d\.\d\d .*│.*$/m);
  assert.match(out, /^Together .* of a difference of .*\.$/m);
});

test('lines are explained for programs, as classify answers them', async () => {
  const args = ['--model', model, '--json'];
  const { code, out } = await run(
    [...args, '--method', 'integrated-gradients', '--steps', '4'],
    `${first}\n${second}\n`,
  );
  assert.equal(code, 0);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ text }) => text),
    [first, second],
  );
  const terminal = testTerminal(`${first}\n${second}\n`);
  await runProgram(['classify', ...args], terminal, '0');
  const answers = terminal.stdout.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  lines.forEach(({ explanation, ...answer }, i) => {
    assert.equal(answer.label, answers[i].label);
    assert.ok(Math.abs(answer.score - answers[i].score) < 1e-6);
    assert.equal(explanation.method, 'integrated-gradients');
    for (const { text, start, end } of explanation.words) assert.equal(answer.text.slice(start, end), text);
  });
});

test('--html is a page of all texts, in which nothing of them is markup; it is whole or not there', async () => {
  const html = join(folder, 'page.html');
  const input = `${first}\n<script>alert("${second}")</script>\n`;
  const { code, out } = await run(['--model', model, '--html', html, '--json'], input);
  assert.deepEqual([code, out.trimEnd().split('\n').length], [0, 2]);
  const page = readFileSync(html, 'utf8');
  const text = page.replace(/<style>[\s\S]*<\/style>/, '').replace(/<[^>]+>/g, '');
  assert.ok(text.includes(first) && text.includes('&#60;script&#62;'));
  assert.equal(page.match(/<script/g), null);
  assert.ok(page.match(/<mark class="(for|against)[123]"/g)!.length > 2);
  assert.equal(page.match(/<h2>/g)!.length, 2);
  assert.ok(page.endsWith('</html>\n'));

  const half = join(folder, 'half.html');
  const { code: stopped } = await run(['--model', model, '--html', half, '--text', first], '', AbortSignal.abort());
  assert.equal(stopped, 1);
  assert.ok(!readdirSync(folder).some((name) => name.includes('half')));
});

test('what is wrong is said: a label, a method, a model that is no classifier', async () => {
  const label = await run(['--model', model, '--text', first, '--label', '経済']);
  assert.deepEqual([label.code, label.out], [1, '']);
  assert.match(label.err, /no label "経済"\.\nIts labels: スポーツ, 映画, 電気\./);
  const method = await run(['--model', model, '--text', first, '--method', 'lime']);
  assert.equal(method.code, 2);
  assert.match(method.err, /--method.*occlusion/);
  const language = join(folder, 'language');
  await writeLanguageModel(language, 'distilbert');
  const other = await run(['--model', language, '--text', first]);
  assert.equal(other.code, 1);
  assert.match(other.err, /is not a classifier/);
});

test('stopped, it ends with exit code 1 and says nothing', async () => {
  assert.deepEqual(await run(['--model', model, '--text', first], '', AbortSignal.abort()), {
    code: 1,
    out: '',
    err: '',
  });
});
