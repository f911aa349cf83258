import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { testTerminal } from '../../test/support/testTerminal.js';
import { sentences, TINY_LABELS, writeClassifier } from '../../test/support/tinyModels.js';
import { Classifier } from '../classify/classifier.js';
import type { Classification, ScoredLabel } from '../protocol/classification.js';
import { runProgram } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'classify-command-'));
after(() => rmSync(folder, { recursive: true }));
const model = join(folder, 'model');
const TEXTS = sentences(20, 3).map(({ text }) => text);
let answers: Classification[];
before(async () => {
  await writeClassifier(model, 'distilbert');
  const classifier = await Classifier.load(model, { threads: 1 });
  answers = await classifier.classify(TEXTS);
  await classifier.dispose();
});

async function run(args: readonly string[], input: string | Readable = `${TEXTS.join('\n')}\n`) {
  const terminal = testTerminal(typeof input === 'string' ? input : '');
  if (typeof input !== 'string') terminal.stdin = input;
  const code = await runProgram(['classify', '--model', model, ...args], terminal, '0');
  return { code, out: terminal.stdout.text, err: terminal.stderr.text };
}
const jsonOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
/** Between the scores, so that some answers are sure. */
const threshold = () => [...answers].map(({ score }) => score).sort((a, b) => a - b)[10]!;
const isSure = (answer: Classification) => answer.score >= threshold();

test('--top tells the likeliest labels in order, in lines, JSON and tables', async () => {
  const lines = (await run(['--top', '2'])).out.trimEnd().split('\n');
  const json = jsonOf((await run(['--top', '2', '--json'])).out);
  const table = (await run(['--top', '2', '--input', '-', '--output', '-'])).out.trimEnd().split('\n');
  assert.equal(table.shift(), 'label\tscore\tlabel1\tscore1\tlabel2\tscore2\ttext');
  answers.forEach(({ label, score, scores }, i) => {
    const [best, second] = Object.entries(scores).sort(([, a], [, b]) => b - a);
    const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-4, `${a} and ${b}`);
    const [first, percent, label1, , label2, , text] = lines[i]!.split('\t');
    assert.deepEqual([first, label1, label2, text], [label, best![0], second![0], TEXTS[i]]);
    assert.match(percent!, /^\d+\.\d %$/);
    const top = json[i].top as ScoredLabel[];
    assert.deepEqual(
      top.map((scored) => scored.label),
      [best![0], second![0]],
    );
    near(top[1]!.score, second![1]);
    assert.deepEqual(Object.keys(json[i].scores), TINY_LABELS);
    const cells = table[i]!.split('\t');
    assert.deepEqual([cells[0], cells[2], cells[4], cells[6]], [label, best![0], second![0], TEXTS[i]]);
    near(Number(cells[1]), score);
    near(Number(cells[5]), second![1]);
  });
  // More than there are: all of them, and empty cells.
  assert.equal(jsonOf((await run(['--top', '9', '--json'])).out)[0].top.length, 3);
  const wide = (await run(['--top', '4', '--input', '-', '--output', '-'])).out.split('\n');
  assert.equal(wide[0]!.split('\t').length, 11);
  assert.deepEqual(wide[1]!.split('\t').slice(8, 10), ['', '']);
});

test('--threshold withholds labels: a word in lines, null in JSON, an empty cell in tables', async () => {
  const args = ['--threshold', String(threshold() - 1e-6)];
  const lines = (await run(args)).out.trimEnd().split('\n');
  const json = jsonOf((await run([...args, '--json'])).out);
  const output = join(folder, 'unsure.tsv');
  const input = join(folder, 'in.txt');
  writeFileSync(input, `${TEXTS[0]}\n\n${TEXTS.slice(1).join('\n')}\n`);
  await run([...args, '--input', input, '--output', output]);
  const rows = readFileSync(output, 'utf8').trimEnd().split('\n').slice(1);
  assert.deepEqual(rows.splice(1, 1), ['\t\t'], 'a blank line has no score either');
  answers.forEach((answer, i) => {
    const sure = isSure(answer);
    assert.equal(lines[i]!.split('\t')[0], sure ? answer.label : 'unsure');
    assert.equal(json[i].label, sure ? answer.label : null);
    assert.ok(Math.abs(json[i].score - answer.score) < 1e-6);
    const [label, score] = rows[i]!.split('\t');
    assert.deepEqual([label, Number(score) > 0.3], [sure ? answer.label : '', true]);
  });
  assert.ok(answers.some(isSure) && !answers.every(isSure));
  assert.match((await run([...args, '--lang', 'ja'])).out, /^保留\t/m);
});

test('--long-texts windows reads all of a text, head its beginning, head-tail both ends', async () => {
  const text = TEXTS[0]!;
  const long = `${text}${TEXTS[1]}${TEXTS[2]}${TEXTS[3]}`;
  const scoresOf = async (line: string, ...args: string[]) => {
    const all = ['--json', '--max-seq-length', '20', '--batch-size', '3', ...args];
    return jsonOf((await run(all, `${line}\n`)).out)[0].scores as Record<string, number>;
  };
  const windows = ['--long-texts', 'windows', '--stride', '4'];
  const change = `${long.slice(0, -4)}海海海。`;
  assert.deepEqual(await scoresOf(long), await scoresOf(change), 'the beginning is the same');
  assert.notDeepEqual(await scoresOf(long, ...windows), await scoresOf(change, ...windows));
  assert.notDeepEqual(
    await scoresOf(long, '--long-texts', 'head-tail'),
    await scoresOf(change, '--long-texts', 'head-tail'),
  );
  const short = text.slice(0, 8);
  assert.deepEqual(await scoresOf(short), await scoresOf(short, ...windows));
});

test('--pairs takes two texts of a line, with a tab between', async () => {
  const pairs = TEXTS.slice(0, 4).map((text, i) => ({ text, second: TEXTS[i + 4]! }));
  const bert = join(folder, 'bert');
  await writeClassifier(bert, 'bert');
  const classifier = await Classifier.load(bert, { threads: 1 });
  const expected = await classifier.classify(pairs);
  await classifier.dispose();
  const lines = `${pairs.map(({ text, second }) => `${text}\t${second}`).join('\n')}\n`;
  const json = jsonOf((await run(['--model', bert, '--pairs', '--json'], lines)).out);
  const table = (await run(['--model', bert, '--pairs', '--input', '-', '--output', '-'], lines)).out.split('\n');
  expected.forEach(({ label, score }, i) => {
    assert.equal(json[i].label, label);
    assert.ok(Math.abs(json[i].score - score) < 1e-6);
    assert.deepEqual(table[i + 1]!.split('\t'), [label, score.toFixed(4), `${pairs[i]!.text} ${pairs[i]!.second}`]);
  });
  const whole = jsonOf((await run(['--model', bert, '--json'], lines)).out);
  assert.notEqual(whole[0].score, json[0].score);
});

test('windows that would not move are refused', async () => {
  const { code, err } = await run(['--long-texts', 'windows', '--max-seq-length', '20', '--stride', '18']);
  assert.equal(code, 1);
  assert.match(err, /stride to at most 17/);
});

test('what is wrong with an option is said', async () => {
  for (const [args, word] of [
    [['--top', '0'], /--top/],
    [['--threshold', '1.5'], /--threshold/],
    [['--long-texts', 'tail'], /--long-texts/],
    [['--thresold', '1'], /--threshold\?/],
  ] as const) {
    const { code, err } = await run(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, word);
  }
});

test('a line of 200 MB is refused with its number, in bounded memory, from a pipe and from a file; no output is left', async () => {
  const megabyte = Buffer.alloc(2 ** 20, 'あ');
  const stream = (onRead: () => void) => {
    function* chunks() {
      yield Buffer.from('東京の海\n大阪の山\n');
      for (let i = 0; i < 200; i++) {
        onRead();
        yield megabyte;
      }
      yield Buffer.from('\n京都\n');
    }
    return Readable.from(chunks());
  };
  let read = 0;
  const plain = await run(
    [],
    stream(() => read++),
  );
  assert.equal(plain.code, 1);
  assert.equal(plain.out.trimEnd().split('\n').length, 2, 'the lines before it are answered');
  assert.match(plain.err, /<stdin>:3: this line is longer than 4\.0 MiB/);
  const output = join(folder, 'never.tsv');
  const piped = await run(
    ['--input', '-', '--output', output],
    stream(() => read++),
  );
  assert.deepEqual([piped.code, /<stdin>:3:/.test(piped.err)], [1, true]);
  assert.ok(!readdirSync(folder).some((name) => name.includes('never')));
  assert.ok(read < 20, `${read} MiB were read`);
});

test('in a pipe rows go to standard output, and what is said of them to standard error', async () => {
  const { code, out, err } = await run(['--input', '-', '--output', '-', '--json'], '東京\n\n京都');
  assert.equal(code, 0);
  assert.match(out, /^label\tscore\ttext\n\S+\t0\.\d{4}\t東京\n\t\t\n\S+\t0\.\d{4}\t京都\n$/);
  assert.deepEqual(jsonOf(err).at(-1), { type: 'classified', lines: 3, output: '<stdout>' });
  const empty = await run(['--input', '-', '--output', '-'], '');
  assert.deepEqual([empty.code, /<stdin> is empty/.test(empty.err)], [1, true]);
});
