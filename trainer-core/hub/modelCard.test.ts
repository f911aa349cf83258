import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TINY_LABELS, writeClassifier, writeFinetuning, writeLanguageModel } from '../../test/support/tinyModels.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { runFinetune } from '../training/finetune.js';
import { modelCard } from './modelCard.js';

const folder = mkdtempSync(join(tmpdir(), 'card-'));
after(() => rmSync(folder, { recursive: true }));

const run = join(folder, 'news');
before(async () => {
  const file = await writeFinetuning(folder, { maxSteps: 6, logSteps: 2 });
  const config = parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file);
  const signal = new AbortController().signal;
  await runFinetune(config, { out: run, resume: false, signal, onEvent: () => {} });
});

test('a model of a run: what it is, what it learned from, how it was set, how well it does', async () => {
  const card = await modelCard(join(run, 'final'));
  assert.match(card, /^---\nlanguage: ja\nlibrary_name: transformers\npipeline_tag: text-classification\n/);
  assert.match(
    card,
    /\n# news\n\nA Japanese DistilBERT: text classifier, fine-tuned on labelled text with DistilBERT Studio\.\n/,
  );
  for (const label of TINY_LABELS) assert.ok(card.includes(`\n- ${label}\n`), label);
  assert.match(card, /\| model \| base \|\n\| train \| train\.tsv \|\n\| dev \| dev\.tsv \|\n\| test \| test\.tsv \|/);
  assert.match(card, /It ran for 6 steps, /);
  assert.match(card, /\| learningRate \| 0\.001 \|/);
  const last = (split: string) => {
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    const events = lines.map(
      (line) => JSON.parse(line) as { type: string; split: string; best: boolean; metrics: { accuracy: number } },
    );
    return events.findLast((event) => event.split === split && (split === 'test' || event.best))?.metrics
      .accuracy as number;
  };
  assert.ok(card.includes(`| accuracy, best on the development set | ${last('dev').toPrecision(4)} |`));
  assert.ok(card.includes(`| accuracy, on the test set | ${last('test').toPrecision(4)} |`));
  assert.match(card, /distilbert-studio classify --model news\/final --input/);
  assert.match(card, /pipeline\("text-classification", model="news\/final"\)/);
  assert.match(card, /\n## Licence\n/);
  // A card is published: where its author keeps files does not belong into it.
  assert.ok(!card.includes(folder));
});

test('a model from elsewhere has no training to tell of', async () => {
  const model = join(folder, 'alone', 'my model');
  mkdirSync(join(model, '..'));
  await writeLanguageModel(model, 'bert');
  const card = await modelCard(model);
  assert.match(card, /\n# my model\n\nA Japanese BERT: masked language model\.\n/);
  assert.doesNotMatch(card, /## Training|with DistilBERT Studio|Labels/);
  assert.match(card, /finetune --model 'my model' --train/);
  assert.match(card, /pipeline\("fill-mask", model="my model"\)/);
});

test('parameters are counted, and half precision is told', async () => {
  const count = (card: string) => Number(/\| Parameters \| ([\d,]+) \|/.exec(card)?.[1]?.replaceAll(',', ''));
  const model = join(folder, 'alone', 'half');
  const { weights } = await writeClassifier(model, 'bert', 'F16');
  const card = await modelCard(model);
  const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  assert.equal(count(card), parameters);
  assert.match(card, /half precision/);
  // A pickle has no header to read; its tied copies are not counted twice.
  const fixture = 'test/parity/fixtures/A/teacher';
  const [pickle, safetensors] = [join(folder, 'alone', 'pickle'), join(folder, 'alone', 'safetensors')];
  cpSync(join(fixture, 'config.json'), join(pickle, 'config.json'));
  cpSync(join(fixture, 'pytorch_model.bin'), join(pickle, 'pytorch_model.bin'));
  cpSync(join(fixture, 'config.json'), join(safetensors, 'config.json'));
  cpSync(join(fixture, 'model.safetensors'), join(safetensors, 'model.safetensors'));
  assert.equal(count(await modelCard(pickle)), count(await modelCard(safetensors)));
});
