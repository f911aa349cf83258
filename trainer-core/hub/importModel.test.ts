import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { serve } from '../../test/support/httpServer.js';
import { commitOf, type HubFiles, serveHub, type TestHub } from '../../test/support/hubServer.js';
import { mountSmallDisk } from '../../test/support/smallDisk.js';
import { writeClassifier, writeLanguageModel } from '../../test/support/tinyModels.js';
import { type ErrorCode, type ErrorData, hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { hubSettings } from './hubSettings.js';
import { type ImportOptions, importModel } from './importModel.js';

const folder = mkdtempSync(join(tmpdir(), 'import-'));
after(() => rmSync(folder, { recursive: true }));

const ID = 'tohoku-nlp/tiny_bert';
const model = join(folder, 'model');
before(async () => {
  await writeLanguageModel(model, 'bert');
});

let count = 0;
const newPlace = () => join(folder, `place-${count++}`, 'out');

/** The files of a model folder, some of them changed; null takes one away. */
function filesOf(source: string, changes: Record<string, string | Buffer | null> = {}): Map<string, Buffer> {
  const files = new Map(readdirSync(source).map((name) => [name, readFileSync(join(source, name))]));
  for (const [name, contents] of Object.entries(changes)) {
    if (contents === null) files.delete(name);
    else files.set(name, Buffer.from(contents));
  }
  return files;
}

function folderOf(files: ReadonlyMap<string, Buffer>): string {
  const place = join(folder, `source-${count++}`);
  mkdirSync(place);
  for (const [name, contents] of files) writeFileSync(join(place, name), contents);
  return place;
}

/** A hub that has this model. */
function hubOf(t: TestContext, files: HubFiles): Promise<TestHub> {
  return serveHub(t, { models: { [ID]: { revisions: new Map([['main', files]]) } } });
}

/** With a cache of its own for each. */
async function run(from: string, out: string, endpoint = 'http://127.0.0.1:1', options: Partial<ImportOptions> = {}) {
  const env = { HF_ENDPOINT: endpoint, HF_HOME: join(folder, `cache-${count++}`) };
  const hub = { ...(await hubSettings(env)), retryMs: [1, 1] };
  return await importModel({ from, out, hub, signal: new AbortController().signal, ...options });
}

async function failsWith<C extends ErrorCode>(work: Promise<unknown>, code: C, data: Partial<ErrorData[C]>) {
  await assert.rejects(work, (error) => {
    assert.ok(hasCode(error, code), String(error));
    assert.deepEqual({ ...error.data, ...data }, error.data);
    return true;
  });
}

/** Nothing of that name, and nothing beside it. */
function assertNothing(out: string): void {
  assert.ok(!existsSync(out));
  const parent = join(out, '..');
  assert.deepEqual(existsSync(parent) ? readdirSync(parent) : [], []);
}

test('a model of the hub comes whole, all of one commit, and says which one it is', async (t) => {
  const files = filesOf(model, { 'README.md': 'Of the hub, and not of a copy.' });
  const hub = await hubOf(t, files);
  const out = newPlace();
  const stages: JobStage[] = [];
  // What the branch stands for changes while the files come.
  const onStage = (stage: JobStage) => {
    stages.push(stage);
    hub.models.get(ID)?.revisions.set('main', new Map()).set('old', files);
  };
  assert.deepEqual(await run(ID, out, `${hub.url}/`, { onStage }), { type: 'model', folder: out });
  const origin = JSON.stringify({ id: ID, commit: commitOf(files) }, null, 2);
  assert.deepEqual(filesOf(out), filesOf(model, { 'hub.json': `${origin}\n` }));
  const resolved = hub.hub.requests.filter(({ path }) => path.includes('/resolve/'));
  assert.ok(resolved.length > 0 && resolved.every(({ path }) => path.includes(commitOf(files))));
  const weights = stages.filter(({ file }) => file === 'model.safetensors');
  assert.equal(weights.at(-1)?.done, weights.at(-1)?.total);
  // What it is goes along when it is copied.
  const copy = newPlace();
  await run(out, copy);
  assert.deepEqual(filesOf(copy), filesOf(out));
});

test('weights in shards come with their index', async (t) => {
  const weights = readFileSync(join(model, 'model.safetensors'));
  const names = Object.keys(JSON.parse(weights.subarray(8, 8 + Number(weights.readBigUInt64LE())).toString()));
  const shard = 'model-00001-of-00001.safetensors';
  const map = Object.fromEntries(names.filter((name) => name !== '__metadata__').map((name) => [name, shard]));
  const index = JSON.stringify({ weight_map: map });
  const files = filesOf(model, { 'model.safetensors': null, [shard]: weights, 'model.safetensors.index.json': index });
  const out = newPlace();
  await run(ID, out, (await hubOf(t, files)).url);
  assert.deepEqual(readdirSync(out).sort(), [...files.keys(), 'hub.json'].sort());
  await failsWith(
    run(folderOf(new Map([...files].filter(([name]) => name !== shard))), newPlace()),
    'fileNotFound',
    {},
  );
  const escaping = filesOf(model, {
    'model.safetensors': null,
    'model.safetensors.index.json': JSON.stringify({ weight_map: { a: '../evil' } }),
  });
  const nowhere = newPlace();
  await failsWith(run(ID, nowhere, (await hubOf(t, escaping)).url), 'configWrongType', { key: 'weight_map.a' });
  assertNothing(nowhere);
});

test('a folder is copied: only a model’s files, links followed', async () => {
  const source = folderOf(filesOf(model, { 'notes.txt': 'mine' }));
  rmSync(join(source, 'vocab.txt'));
  symlinkSync(join(model, 'vocab.txt'), join(source, 'vocab.txt'));
  const out = newPlace();
  await run(source, out);
  assert.deepEqual(filesOf(out), filesOf(model));
  await failsWith(run(model, out), 'folderNotEmpty', { folder: out });
  const empty = newPlace();
  mkdirSync(empty, { recursive: true });
  await run(model, empty);
  assert.deepEqual(filesOf(empty), filesOf(model));
});

test('what the hub does not have or not give is said by the model’s id', async (t) => {
  const { url, host } = await hubOf(t, filesOf(model));
  const out = newPlace();
  await failsWith(run(ID, out, url, { revision: 'v9' }), 'hubModelNotFound', { id: ID, host, revision: 'v9' });
  const silent = await serve(t, (_, response) => response.writeHead(404).end());
  await failsWith(run(ID, out, silent.url), 'hubModelNotFound', { id: ID, revision: 'main' });
  for (const status of [401, 403]) {
    const closed = await serve(t, (_, response) => response.writeHead(status).end());
    await failsWith(run(ID, out, closed.url), 'hubAccessDenied', { id: ID, withToken: false });
  }
  const broken = await serve(t, (_, response) => response.writeHead(500).end());
  await failsWith(run(ID, out, broken.url), 'hubFailed', { status: 500 });
  assert.equal(broken.requests.length, 3);
  const login = await serve(t, (_, response) => response.writeHead(200).end('<html>Please log in'));
  await failsWith(run(ID, out, login.url), 'hubAnswerInvalid', { host: new URL(login.url).host });
  await failsWith(run(ID, out, 'http://127.0.0.1:1'), 'hubUnreachable', { host: '127.0.0.1:1' });
  await failsWith(run(ID, out, 'no address'), 'hubUnreachable', { host: 'no address' });
  assertNothing(out);
});

test('names that are no ids are not asked for', async () => {
  for (const id of [
    './nowhere',
    '/nowhere',
    '../x/y',
    'a/b/c',
    'a b',
    'a/../b',
    'a//b',
    'http://x',
    'モデル',
    'a--b/c',
  ]) {
    await failsWith(run(id, newPlace()), 'modelIdInvalid', { id });
  }
});

test('a model that cannot be used here is refused by its own name, before its weights are fetched', async (t) => {
  const config = JSON.parse(readFileSync(join(model, 'config.json'), 'utf8'));
  const tokenizer = JSON.parse(readFileSync(join(model, 'tokenizer_config.json'), 'utf8'));
  const json = JSON.stringify;
  const { tokenizer_class: _, ...nameless } = config;
  const cases: [Record<string, string | null>, ErrorCode, object][] = [
    [
      { 'config.json': json({ ...config, model_type: 'gpt2' }) },
      'modelTypeUnsupported',
      { file: `${ID}/config.json`, got: 'gpt2' },
    ],
    [{ 'vocab.txt': null }, 'modelHasNoVocabulary', { folder: ID }],
    [
      { 'config.json': json({ ...config, vocab_size: 5 }) },
      'vocabularySizeMismatch',
      { file: `${ID}/vocab.txt`, expected: 5 },
    ],
    [
      { 'tokenizer_config.json': json({ ...tokenizer, subword_tokenizer_type: 'character' }) },
      'tokenizerUnsupported',
      { file: `${ID}/tokenizer_config.json`, key: 'subword_tokenizer_type', got: '"character"' },
    ],
    [
      { 'tokenizer_config.json': json({ ...tokenizer, mecab_kwargs: { mecab_dic: 'unidic_lite' } }) },
      'tokenizerUnsupported',
      { key: 'mecab_kwargs.mecab_dic', got: '"unidic_lite"' },
    ],
    [
      { 'tokenizer_config.json': json({ tokenizer_class: 'T5Tokenizer' }) },
      'tokenizerUnsupported',
      { got: '"T5Tokenizer"' },
    ],
    [
      { 'tokenizer_config.json': null, 'config.json': json(nameless) },
      'tokenizerUnsupported',
      { key: 'tokenizer_class', got: '"BertTokenizer"' },
    ],
    [{ 'config.json': '{' }, 'configInvalidJson', { file: `${ID}/config.json` }],
    [{ 'config.json': null }, 'modelHasNoConfig', { folder: ID }],
    [{ 'model.safetensors': null }, 'modelHasNoWeights', { folder: ID }],
  ];
  for (const [changes, code, data] of cases) {
    const hub = await hubOf(t, filesOf(model, changes));
    const out = newPlace();
    await failsWith(run(ID, out, hub.url), code, data);
    assertNothing(out);
    if (code !== 'modelHasNoWeights')
      assert.ok(!hub.hub.requests.some(({ path }) => path.endsWith('.safetensors')), code);
  }
});

test('a vocabulary with pieces of two kanji needs no word about its tokenizer', async () => {
  const source = join(folder, 'plain');
  await writeLanguageModel(source, 'distilbert');
  const { tokenizer_class: _, ...config } = JSON.parse(readFileSync(join(source, 'config.json'), 'utf8'));
  const vocabulary = readFileSync(join(source, 'vocab.txt'), 'utf8').replace('##海', '日本');
  const changes = { 'config.json': JSON.stringify(config), 'tokenizer_config.json': null, 'vocab.txt': vocabulary };
  await run(folderOf(filesOf(source, changes)), newPlace());
});

test('weights of another model are refused', async () => {
  const config = JSON.parse(readFileSync(join(model, 'config.json'), 'utf8'));
  const deeper = folderOf(filesOf(model, { 'config.json': JSON.stringify({ ...config, num_hidden_layers: 3 }) }));
  const out = newPlace();
  await failsWith(run(deeper, out), 'tensorsMissing', { file: deeper });
  assertNothing(out);
  const classifier = join(folder, 'classifier');
  await writeClassifier(classifier, 'distilbert');
  await run(classifier, newPlace());
  const json = JSON.parse(readFileSync(join(classifier, 'config.json'), 'utf8'));
  const fewer = folderOf(
    filesOf(classifier, { 'config.json': JSON.stringify({ ...json, id2label: { 0: 'a', 1: 'b' } }) }),
  );
  await failsWith(run(fewer, newPlace()), 'tensorsMisshapen', { file: fewer });
});

test('stopped or on a full disk: nothing is left', async (t) => {
  const out = newPlace();
  const stop = new AbortController();
  const onStage = ({ file }: JobStage) => {
    if (file === 'vocab.txt') stop.abort();
  };
  await assert.rejects(run(model, out, undefined, { signal: stop.signal, onStage }), { name: 'AbortError' });
  assertNothing(out);
  const disk = mountSmallDisk(t, folder, 16);
  if (disk === null) return;
  const full = join(disk, 'deep', 'out');
  await failsWith(run(model, full), 'diskFull', { file: join(full, 'model.safetensors') });
  assertNothing(full);
});
