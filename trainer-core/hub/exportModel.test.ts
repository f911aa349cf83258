import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeClassifier } from '../../test/support/tinyModels.js';
import { readModelWeights } from '../checkpoint/modelFolder.js';
import { readSafetensorsHeader } from '../checkpoint/safetensors.js';
import { hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { exportModel } from './exportModel.js';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
after(() => rmSync(folder, { recursive: true }));

const FILES = [
  'README.md',
  'config.json',
  'model.safetensors',
  'special_tokens_map.json',
  'tokenizer_config.json',
  'vocab.txt',
];

function run(model: string, out: string, onStage: (stage: JobStage) => void = () => {}, signal?: AbortSignal) {
  return exportModel({ model, out, onStage, signal: signal ?? new AbortController().signal });
}

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8')) as Record<string, unknown>;

/** A model as it was shared in 2020: a pickle, a vocabulary, no word about the tokenizer. */
function oldModel(): string {
  const model = join(folder, 'old');
  const fixture = 'test/parity/fixtures/A/teacher';
  mkdirSync(model);
  cpSync(join(fixture, 'pytorch_model.bin'), join(model, 'pytorch_model.bin'));
  writeFileSync(join(model, 'config.json'), JSON.stringify({ ...readJson(fixture, 'config.json'), of_its_own: 7 }));
  const pieces = [
    '[PAD]',
    '[UNK]',
    '[CLS]',
    '[SEP]',
    '[MASK]',
    '日本',
    ...Array.from({ length: 114 }, (_, i) => `p${i}`),
  ];
  writeFileSync(join(model, 'vocab.txt'), `${pieces.join('\n')}\n`);
  return model;
}

test('a pickle becomes a complete folder: the same weights, tied copies left out, every key of the config kept', async () => {
  const [model, out] = [oldModel(), join(folder, 'new')];
  assert.deepEqual(await run(model, out), { type: 'model', folder: out });
  assert.deepEqual(readdirSync(out).sort(), FILES);
  const [before, after] = [await readModelWeights(model), await readModelWeights(out)];
  assert.ok(before.has('cls.predictions.decoder.weight'), 'the fixture has to have a tied copy for this test');
  assert.deepEqual(
    [...before.keys()].filter((name) => !after.has(name)),
    ['cls.predictions.decoder.weight', 'cls.predictions.decoder.bias'],
  );
  for (const [name, { dims, data }] of after) {
    assert.deepEqual(dims, before.get(name)?.dims);
    assert.deepEqual(data, before.get(name)?.data);
  }
  const config = readJson(out, 'config.json');
  assert.deepEqual(
    [config.of_its_own, config.tokenizer_class, config.torch_dtype],
    [7, 'BertJapaneseTokenizer', 'float32'],
  );
  assert.equal(readJson(out, 'tokenizer_config.json').word_tokenizer_type, 'mecab');
  assert.match(readFileSync(join(out, 'README.md'), 'utf8'), /AutoModelForMaskedLM\.from_pretrained\("new"\)/);
});

test('half precision stays half precision, bit for bit; an older export is replaced, other files are not', async () => {
  const [model, out] = [join(folder, 'half'), join(folder, 'half-out')];
  await writeClassifier(model, 'distilbert', 'F16');
  const stages: JobStage[] = [];
  await run(model, out, (stage) => stages.push(stage));
  const entries = await readSafetensorsHeader(join(out, 'model.safetensors'));
  assert.ok(entries.every(({ dtype }) => dtype === 'F16'));
  assert.ok(readFileSync(join(out, 'model.safetensors')).equals(readFileSync(join(model, 'model.safetensors'))));
  const size = statSync(join(out, 'model.safetensors')).size;
  assert.deepEqual([stages[0]?.phase, stages.at(-1)?.done, stages.at(-1)?.total], ['loading', size, size]);
  await run(model, out);
  writeFileSync(join(out, 'notes.txt'), 'mine');
  await assert.rejects(run(model, out), (error) => hasCode(error, 'folderNotEmpty') && error.data.folder === out);
});

test('a folder is not exported onto itself; a model that cannot be used is not exported', async () => {
  const model = join(folder, 'half');
  await assert.rejects(run(model, join(folder, 'old', '..', 'half')), (error) => hasCode(error, 'outputIsInput'));
  const broken = join(folder, 'broken');
  cpSync(model, broken, { recursive: true });
  writeFileSync(join(broken, 'config.json'), JSON.stringify({ ...readJson(model, 'config.json'), n_layers: 5 }));
  const out = join(folder, 'nothing');
  await assert.rejects(run(broken, out), (error) => hasCode(error, 'tensorsMissing'));
  await assert.rejects(run(join(folder, 'nowhere'), out), (error) => hasCode(error, 'modelFolderNotFound'));
  assert.ok(!existsSync(out));
});

test('when it is stopped nothing is left', async () => {
  const home = join(folder, 'stopped');
  mkdirSync(home);
  const stop = new AbortController();
  const onStage = ({ phase }: JobStage) => {
    if (phase === 'copying') stop.abort();
  };
  await assert.rejects(run(join(folder, 'half'), join(home, 'out'), onStage, stop.signal), { name: 'AbortError' });
  assert.deepEqual(readdirSync(home), []);
});
