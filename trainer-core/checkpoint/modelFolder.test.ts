import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasCode } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { readModelConfig, readModelWeights, writeModelFolder } from './modelFolder.js';
import { readSafetensors, safetensorsChunks } from './safetensors.js';

const fixtures = fileURLToPath(new URL('../../../trainer-core/checkpoint/fixtures/', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'model-'));
after(() => rmSync(root, { recursive: true }));
let cases = 0;

/** A new folder with these files: copies of fixtures (by path) or contents. */
function model(files: Record<string, { fixture: string } | string | Buffer>): string {
  const folder = join(root, String(cases++));
  mkdirSync(folder);
  for (const [name, source] of Object.entries(files)) {
    if (typeof source === 'string' || Buffer.isBuffer(source)) writeFileSync(join(folder, name), source);
    else cpSync(join(fixtures, source.fixture), join(folder, name));
  }
  return folder;
}

const bytesOf = (tensors: NamedTensors) =>
  Buffer.concat(Array.from(safetensorsChunks(tensors, 'F32'), (chunk) => Buffer.from(chunk)));

const teacher = await readSafetensors(join(fixtures, 'teacher/model.safetensors'));

function assertHoldsTeacher(got: NamedTensors): void {
  for (const [name, { dims, data }] of teacher) {
    assert.deepEqual(got.get(name)?.data, data, name);
    assert.deepEqual(got.get(name)?.dims, dims, name);
  }
}

test('safetensors, both pickles and the old names give the same weights, without integer buffers', async () => {
  assert.deepEqual(await readModelWeights(join(fixtures, 'teacher')), teacher);
  for (const name of ['pytorch_model.bin', 'pytorch_model.legacy.bin', 'pytorch_model.gamma_beta.bin']) {
    const got = await readModelWeights(model({ 'pytorch_model.bin': { fixture: `teacher/${name}` } }));
    assertHoldsTeacher(got);
    assert.ok(!got.has('bert.embeddings.position_ids'));
    assert.ok(got.has('cls.predictions.decoder.weight'), 'tied copies stay');
  }
});

test('safetensors are preferred to a pickle', async () => {
  const folder = model({
    'model.safetensors': { fixture: 'student/model.safetensors' },
    'pytorch_model.bin': { fixture: 'teacher/pytorch_model.bin' },
  });
  assert.ok((await readModelWeights(folder)).has('vocab_transform.weight'));
});

/** The teacher in two shards, with an index. */
function sharded(extension: 'safetensors', change: (map: Record<string, unknown>) => unknown = (map) => map): string {
  const names = [...teacher.keys()];
  const half = (start: number, end?: number) =>
    bytesOf(new Map(names.slice(start, end).map((name) => [name, teacher.get(name)!])));
  const map: Record<string, unknown> = {};
  names.forEach((name, i) => {
    map[name] = `model-0000${i < 20 ? 1 : 2}-of-00002.${extension}`;
  });
  return model({
    'model-00001-of-00002.safetensors': half(0, 20),
    'model-00002-of-00002.safetensors': half(20),
    'model.safetensors.index.json': JSON.stringify({ metadata: { total_size: 1 }, weight_map: change(map) }),
  });
}

test('a sharded model is put together', async () => {
  assert.deepEqual(await readModelWeights(sharded('safetensors')), teacher);
});

test('a sharded pickle is put together', async () => {
  const map = Object.fromEntries([...teacher.keys()].map((name) => [name, 'pytorch_model-00001-of-00001.bin']));
  const folder = model({
    'pytorch_model-00001-of-00001.bin': { fixture: 'teacher/pytorch_model.bin' },
    'pytorch_model.bin.index.json': JSON.stringify({ weight_map: map }),
  });
  assert.deepEqual([...(await readModelWeights(folder)).keys()].sort(), [...teacher.keys()].sort());
});

test('a bad index is refused', async () => {
  const missing = sharded('safetensors', (map) => ({ ...map, extra: 'model-00001-of-00002.safetensors' }));
  await assert.rejects(
    readModelWeights(missing),
    (error) => hasCode(error, 'tensorsMissing') && error.data.tensors.join() === 'extra',
  );
  const absent = sharded('safetensors', (map) => ({ ...map, extra: 'model-3.safetensors' }));
  await assert.rejects(readModelWeights(absent), (error) => hasCode(error, 'fileNotFound'));
  for (const shard of ['../x.safetensors', '/etc/passwd', 'a\\b', 5]) {
    const outside = sharded('safetensors', (map) => ({ ...map, extra: shard }));
    await assert.rejects(
      readModelWeights(outside),
      (error) => hasCode(error, 'configWrongType') && error.data.key === 'weight_map.extra',
    );
  }
  await assert.rejects(
    readModelWeights(sharded('safetensors', () => 7)),
    (error) => hasCode(error, 'configWrongType') && error.data.key === 'weight_map',
  );
});

test('a folder without what a model needs is refused', async () => {
  await assert.rejects(readModelWeights(join(root, 'none')), (error) => hasCode(error, 'modelFolderNotFound'));
  await assert.rejects(readModelConfig(join(root, 'none')), (error) => hasCode(error, 'modelFolderNotFound'));
  const file = join(model({ 'config.json': '{}' }), 'config.json');
  await assert.rejects(readModelWeights(file), (error) => hasCode(error, 'modelFolderNotFound'));
  await assert.rejects(readModelWeights(model({ 'config.json': '{}' })), (error) =>
    hasCode(error, 'modelHasNoWeights'),
  );
  await assert.rejects(readModelConfig(model({ 'vocab.txt': '' })), (error) => hasCode(error, 'modelHasNoConfig'));
});

test('a truncated safetensors file in a model folder is told', async () => {
  const whole = readFileSync(join(fixtures, 'teacher/model.safetensors'));
  const folder = model({ 'model.safetensors': whole.subarray(0, 50_000) });
  await assert.rejects(
    readModelWeights(folder),
    (error) =>
      hasCode(error, 'safetensorsTruncated') &&
      error.data.gotBytes === 50_000 &&
      error.data.expectedBytes === whole.length,
  );
});

test('the config is read, and a fault in it is placed', async () => {
  assert.equal((await readModelConfig(join(fixtures, 'teacher'))).hidden_size, 32);
  const broken = model({ 'config.json': '{\n  "hidden_size": 32,\n  "vocab_size" 120\n}' });
  await assert.rejects(
    readModelConfig(broken),
    (error) => hasCode(error, 'configInvalidJson') && error.data.line === 3 && error.data.file.endsWith('config.json'),
  );
  await assert.rejects(readModelConfig(model({ 'config.json': '[]' })), (error) => hasCode(error, 'configWrongType'));
});

const vocabFile = join(model({ 'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n日本\n' }), 'vocab.txt');

test('a written folder holds the five files of a BertJapaneseTokenizer model', async () => {
  const folder = join(root, 'new', 'written');
  const config = { model_type: 'bert', vocab_size: 6 };
  await writeModelFolder(folder, { config, tensors: teacher, vocabFile, dtype: 'F32' });
  assert.deepEqual(readdirSync(folder).sort(), [
    'config.json',
    'model.safetensors',
    'special_tokens_map.json',
    'tokenizer_config.json',
    'vocab.txt',
  ]);
  assert.deepEqual(await readModelWeights(folder), teacher);
  assert.deepEqual(await readModelConfig(folder), { tokenizer_class: 'BertJapaneseTokenizer', ...config });
  assert.deepEqual(readFileSync(join(folder, 'vocab.txt')), readFileSync(vocabFile));
  const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
  const special = {
    unk_token: '[UNK]',
    sep_token: '[SEP]',
    pad_token: '[PAD]',
    cls_token: '[CLS]',
    mask_token: '[MASK]',
  };
  assert.deepEqual(json('special_tokens_map.json'), special);
  assert.deepEqual(json('tokenizer_config.json'), {
    ...special,
    do_lower_case: false,
    do_word_tokenize: true,
    do_subword_tokenize: true,
    word_tokenizer_type: 'mecab',
    subword_tokenizer_type: 'wordpiece',
    mecab_kwargs: { mecab_dic: 'ipadic' },
    model_max_length: 512,
    tokenizer_class: 'BertJapaneseTokenizer',
  });
});

test('a model folder may be written over, from its own vocabulary and as F16', async () => {
  const folder = join(root, 'again');
  const contents = { config: {}, tensors: teacher, dtype: 'F32' } as const;
  await writeModelFolder(folder, { ...contents, vocabFile });
  await writeModelFolder(folder, {
    ...contents,
    dtype: 'F16',
    vocabFile: join(folder, 'vocab.txt'),
    tokenizerConfig: { model_max_length: 40 },
  });
  const half = await readModelWeights(folder);
  for (const [name, { data }] of teacher) {
    assert.ok(
      half.get(name)!.data.every((value, i) => Math.abs(value - data[i]!) <= Math.abs(data[i]!) * 2 ** -11 + 2 ** -25),
    );
  }
  assert.match(readFileSync(join(folder, 'tokenizer_config.json'), 'utf8'), /"model_max_length": 40/);
  assert.ok(readFileSync(join(folder, 'vocab.txt'), 'utf8').includes('日本'));
});

test("a folder with someone's files is never replaced", async () => {
  const folder = model({ 'notes.txt': 'mine' });
  const contents = { config: {}, tensors: teacher, vocabFile, dtype: 'F32' } as const;
  await assert.rejects(writeModelFolder(folder, contents), (error) => hasCode(error, 'folderNotEmpty'));
  assert.deepEqual(readdirSync(folder), ['notes.txt']);
  await assert.rejects(writeModelFolder(join(root, 'x'), { ...contents, vocabFile: join(root, 'no.txt') }), (error) =>
    hasCode(error, 'fileNotFound'),
  );
});

test('weights behind a link are read, as in the cache of Hugging Face', async () => {
  const folder = model({});
  symlinkSync(join(fixtures, 'teacher/model.safetensors'), join(folder, 'model.safetensors'));
  assert.deepEqual(await readModelWeights(folder), teacher);
});
