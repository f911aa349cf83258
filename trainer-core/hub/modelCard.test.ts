import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readFrontMatter } from '../../test/support/frontMatter.js';
import {
  TINY_LABELS,
  writeClassifier,
  writeDistillation,
  writeFinetuning,
  writeLanguageModel,
} from '../../test/support/tinyModels.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { alternatives, jsonSchemaOf, parseConfig } from '../protocol/parseConfig.js';
import { pretrainConfig } from '../protocol/pretrainConfig.js';
import { runDistill } from '../training/distill.js';
import { runFinetune } from '../training/finetune.js';
import { type CardOptions, modelCard } from './modelCard.js';
import { PATH_SETTINGS } from './runOrigin.js';

const folder = mkdtempSync(join(tmpdir(), 'card-'));
after(() => rmSync(folder, { recursive: true }));

const run = join(folder, 'news');
const distilled = join(folder, 'student run');
const options = { resume: false, signal: new AbortController().signal, onEvent: () => {} };
before(async () => {
  const file = await writeFinetuning(folder, { maxSteps: 6, logSteps: 2 });
  await runFinetune(parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file), { ...options, out: run });
  const other = await writeDistillation(folder, { maxSteps: 4, license: 'cc-by-sa-4.0' });
  // The teacher as it lies in the cache of Hugging Face.
  const teacher = join(folder, 'hub', 'models--tohoku-nlp--bert-tiny', 'snapshots', '0a1b2c');
  cpSync(join(folder, 'teacher'), teacher, { recursive: true });
  const config = { ...(JSON.parse(readFileSync(other, 'utf8')) as object), teacher };
  await runDistill(parseConfig(distillConfig, JSON.stringify(config), other), { ...options, out: distilled });
});

const text = async (model: string, how: CardOptions = {}) => (await modelCard(model, how))['README.md'] as string;

/** Every link of a card leads to a file beside it. */
function assertLinks(model: string): number {
  const card = readFileSync(join(model, 'README.md'), 'utf8');
  const links = [...card.matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link as string);
  for (const link of links) assert.ok(existsSync(join(model, link)), `no ${link}`);
  return links.length;
}

/** An XML whose tags are closed in the order they were opened, with nothing from elsewhere in it. */
function assertSvg(file: string): void {
  const svg = readFileSync(file, 'utf8');
  const open: string[] = [];
  for (const [, closing, name, empty] of svg.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
    if (closing) assert.equal(open.pop(), name);
    else if (!empty) open.push(name as string);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg, /<script|href|url\(|&(?!amp;|lt;|quot;)/);
}

test('a finished run has its card beside the model: the same that is made anew', async () => {
  for (const [out, files] of [
    [run, ['losses.svg', 'scores.svg']],
    [distilled, ['losses.svg']],
  ] as const) {
    const final = join(out, 'final');
    const card = await modelCard(final);
    assert.deepEqual(Object.keys(card).sort(), ['README.md', ...files]);
    for (const [name, content] of Object.entries(card)) assert.equal(readFileSync(join(final, name), 'utf8'), content);
    assert.equal(assertLinks(final), files.length);
    for (const file of files) assertSvg(join(final, file));
    assert.deepEqual(
      readdirSync(final).filter((name) => name.startsWith('.')),
      [],
    );
  }
});

test('a classifier of a run: what it is, what it learned from, how it was set, how well it does', async () => {
  const card = await text(join(run, 'final'));
  assert.match(
    card,
    /\n# news\n\nA Japanese DistilBERT: text classifier, fine-tuned on labelled text with DistilBERT Studio\.\n/,
  );
  for (const label of TINY_LABELS) assert.ok(card.includes(`\n- ${label}\n`), label);
  assert.match(card, /\| model \| base \|\n\| train \| train\.tsv \|\n\| dev \| dev\.tsv \|\n\| test \| test\.tsv \|/);
  assert.match(card, /\| training sequences \| 60 \|\n\| pieces in them \| [\d,]+ \|/);
  assert.match(card, /It ran for 6 steps, /);
  assert.match(card, /\| learningRate \| 0\.001 \|/);
  const { dev, test } = scores();
  assert.ok(card.includes(`| accuracy, best on the development set | ${dev.accuracy?.toPrecision(4)} |`));
  assert.ok(card.includes(`| accuracy, on the test set | ${test.accuracy?.toPrecision(4)} |`));
  assert.match(card, /distilbert-studio classify --model news\/final --input/);
  assert.match(card, /\n## Licence\n\n\*Unknown: /);
  // A card is published: where its author keeps files does not belong into it.
  assert.ok(!card.includes(folder));
});

/** The last scores of the fine-tuning by split, the best on dev. */
function scores(): Record<'dev' | 'test', Record<string, number>> {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const events = lines.map(
    (line) => JSON.parse(line) as { type: string; split: string; best: boolean; metrics: Record<string, number> },
  );
  const of = (split: string) =>
    events.findLast((event) => event.split === split && (split === 'test' || event.best))?.metrics ?? {};
  return { dev: of('dev'), test: of('test') };
}

test('what the hub reads of a classifier', async () => {
  const { data } = readFrontMatter(await text(join(run, 'final')));
  const { dev, test } = scores();
  const metrics = (of: Record<string, number>) => [
    { type: 'loss', name: 'loss', value: of.loss },
    { type: 'accuracy', name: 'accuracy', value: of.accuracy },
    { type: 'f1', name: 'macro-F1', value: of.macroF1 },
    { type: 'ece', name: 'expected calibration error', value: of.ece },
  ];
  const result = (name: string, of: Record<string, number>) => ({
    task: { type: 'text-classification' },
    dataset: { name, type: 'custom' },
    metrics: metrics(of).sort((a, b) => a.type.localeCompare(b.type)),
  });
  const index = data['model-index'] as { results: { metrics: { type: string }[] }[] }[];
  for (const { metrics: found } of index[0]?.results ?? []) found.sort((a, b) => a.type.localeCompare(b.type));
  assert.deepEqual(data, {
    language: 'ja',
    license: 'unknown',
    library_name: 'transformers',
    pipeline_tag: 'text-classification',
    tags: ['distilbert', 'japanese'],
    'model-index': [{ name: 'news', results: [result('dev.tsv', dev), result('test.tsv', test)] }],
  });
});

test('a distilled student: its teacher on the hub, its licence, its losses', async () => {
  const card = await text(join(distilled, 'final'));
  const { data, body } = readFrontMatter(card);
  assert.deepEqual(data, {
    language: 'ja',
    license: 'cc-by-sa-4.0',
    library_name: 'transformers',
    pipeline_tag: 'fill-mask',
    base_model: ['tohoku-nlp/bert-tiny'],
    tags: ['distilbert', 'japanese'],
  });
  assert.match(body, /\n# student run\n\nA Japanese DistilBERT: masked language model, distilled from a teacher with/);
  assert.match(
    body,
    /\| teacher \| tohoku-nlp\/bert-tiny \|\n\| corpus \| corpus\.txt \|\n\| training sequences \| 200 \|/,
  );
  assert.match(body, /\| training loss \(cos\) at the end \| [\d.]+ \|/);
  assert.match(body, /\| student\.layers \| 1 \|/);
  assert.match(body, /\n## Licence\n\n`cc-by-sa-4\.0`, as whoever made this model says\. /);
  assert.doesNotMatch(body, /\| license \|/);
  const losses = readFileSync(join(distilled, 'final', 'losses.svg'), 'utf8');
  for (const name of ['total', 'ce', 'mlm', 'cos']) assert.ok(losses.includes(`>${name}</text>`), name);
  assert.equal(readFrontMatter(await text(join(distilled, 'final'), { license: 'mit' })).data.license, 'mit');
});

test('how Transformers loads it: with the packages of its tokenizer', async () => {
  const card = await text(join(run, 'final'));
  assert.match(card, /\npip install transformers torch fugashi ipadic\n/);
  assert.match(card, /a `BertJapaneseTokenizer` with `mecab_kwargs=\{"mecab_dic": "ipadic"\}`/);
  assert.match(card, /\nfrom transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline\n/);
  assert.match(
    card,
    /AutoTokenizer\.from_pretrained\("news\/final"\)\nmodel = AutoModelForSequenceClassification\.from_/,
  );
  assert.match(card, /pipeline\("text-classification", model=model, tokenizer=tokenizer\)/);
  const settings = JSON.parse(readFileSync(join(run, 'final', 'tokenizer_config.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  assert.deepEqual(
    [settings.tokenizer_class, settings.mecab_kwargs],
    ['BertJapaneseTokenizer', { mecab_dic: 'ipadic' }],
  );

  const other = join(folder, 'alone', 'lite');
  cpSync(join(run, 'final'), other, { recursive: true });
  writeFileSync(
    join(other, 'tokenizer_config.json'),
    JSON.stringify({ ...settings, mecab_kwargs: { mecab_dic: 'unidic_lite' } }),
  );
  const lite = await text(other);
  assert.match(lite, /\npip install transformers torch fugashi unidic-lite\n/);
  assert.match(lite, /"mecab_dic": "unidic_lite"/);
});

test('of every setting that is a path a card tells the name alone', () => {
  for (const schema of [distillConfig, finetuneConfig, pretrainConfig]) {
    const settings = Object.entries(jsonSchemaOf(schema).properties ?? {});
    const paths = settings.filter(([, node]) => alternatives(node).some((a) => a.path || a.items?.path));
    assert.ok(paths.length >= 2);
    for (const [key] of paths) assert.ok(PATH_SETTINGS.includes(key), key);
  }
});

test('a model from elsewhere has no training to tell of', async () => {
  const model = join(folder, 'alone', 'my model');
  mkdirSync(join(model, '..'), { recursive: true });
  await writeLanguageModel(model, 'bert');
  const card = await modelCard(model);
  assert.deepEqual(Object.keys(card), ['README.md']);
  const { data, body } = readFrontMatter(card['README.md'] as string);
  assert.deepEqual(Object.keys(data), ['language', 'license', 'library_name', 'pipeline_tag', 'tags']);
  assert.match(body, /\n# my model\n\nA Japanese BERT: masked language model\.\n/);
  assert.doesNotMatch(body, /## Training|with DistilBERT Studio|Labels|!\[/);
  assert.match(body, /finetune --model 'my model' --train/);
  assert.match(body, /AutoModelForMaskedLM\.from_pretrained\("my model"\)/);
});

test('a temperature is told, for other programs do not know of it', async () => {
  const model = join(folder, 'alone', 'calibrated');
  await writeClassifier(model, 'distilbert');
  assert.doesNotMatch(await text(model), /Temperature/);
  const file = join(model, 'config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), softmax_temperature: 1.75 }));
  assert.match(await text(model), /\| Temperature \| 1\.750: divide the logits by it/);
});

test('parameters are counted, and half precision is told', async () => {
  const count = (card: string) => Number(/\| Parameters \| ([\d,]+) \|/.exec(card)?.[1]?.replaceAll(',', ''));
  const model = join(folder, 'alone', 'half');
  const { weights } = await writeClassifier(model, 'bert', 'F16');
  const card = await text(model);
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
  assert.equal(count(await text(pickle)), count(await text(safetensors)));
});
