import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type HubOptions, serveHub } from '../../test/support/hubServer.js';
import { writeLanguageModel } from '../../test/support/tinyModels.js';
import { type ErrorCode, hasCode } from '../protocol/errors.js';
import type { JobStage, UploadPlan } from '../protocol/jobs.js';
import { hubSettings } from './hubSettings.js';
import { importModel } from './importModel.js';
import { planUpload, type UploadOptions, uploadModel } from './uploadModel.js';

const folder = mkdtempSync(join(tmpdir(), 'upload-'));
after(() => rmSync(folder, { recursive: true }));

const TOKEN = 'hf_right';
const model = join(folder, 'model');
before(async () => {
  await writeLanguageModel(model, 'distilbert');
  // What else may lie in such a folder must never leave it.
  writeFileSync(join(model, '.env'), 'SECRET=1');
  writeFileSync(join(model, 'notes.txt'), 'mine');
});

const OF_A_MODEL = [
  'config.json',
  'model.safetensors',
  'special_tokens_map.json',
  'tokenizer_config.json',
  'vocab.txt',
];

async function options(
  endpoint: string,
  changes: Partial<UploadOptions> = {},
  env: Record<string, string> = {},
): Promise<UploadOptions> {
  const hub = await hubSettings({ HF_ENDPOINT: endpoint, HF_HOME: join(folder, 'home'), HF_TOKEN: TOKEN, ...env });
  return { model, to: 'org/name', isPrivate: true, signal: new AbortController().signal, hub, ...changes };
}

const fails = (work: Promise<unknown>, code: ErrorCode) =>
  assert.rejects(work, (error) => {
    assert.ok(hasCode(error, code), String(error));
    return true;
  });

test('a model goes up with its card into a repository that is made for it, and comes back the same', async (t) => {
  const hub = await serveHub(t, { token: TOKEN });
  const stages: JobStage[] = [];
  let plan: UploadPlan | undefined;
  const all = await options(hub.url, { license: 'mit', onStage: (stage) => stages.push(stage) });
  const done = await uploadModel(all, (told) => {
    plan = told;
  });
  const made = hub.models.get('org/name');
  assert.equal(made?.private, true);
  const files = made?.revisions.get('main');
  assert.deepEqual([...(files ?? [])].map(([name]) => name).sort(), ['README.md', ...OF_A_MODEL]);
  for (const name of OF_A_MODEL) assert.deepEqual(files?.get(name), readFileSync(join(model, name)), name);
  assert.match(String(files?.get('README.md')), /\nlicense: mit\n[\s\S]*from_pretrained\("name"\)/);
  assert.deepEqual([done.type, done.repository, done.url], ['uploaded', 'org/name', `${hub.url}/org/name`]);
  assert.deepEqual([plan?.exists, plan?.private, plan?.license], [false, true, 'mit']);
  const size = readFileSync(join(model, 'model.safetensors')).length;
  const uploading = stages.filter(({ phase }) => phase === 'uploading');
  assert.deepEqual(uploading.at(-1), { phase: 'uploading', done: size, total: size, unit: 'bytes' });
  assert.ok(uploading.length > 1);
  // The store of large files never sees the token.
  assert.deepEqual(
    hub.store.requests.map(({ headers }) => headers.authorization),
    [undefined],
  );

  const back = join(folder, 'back');
  await importModel({ from: 'org/name', out: back, hub: all.hub, signal: all.signal });
  assert.deepEqual(readdirSync(back).sort(), [...OF_A_MODEL, 'hub.json'].sort());
  assert.deepEqual(readFileSync(join(back, 'model.safetensors')), readFileSync(join(model, 'model.safetensors')));
});

test('a second upload is a commit more, and sends no large file again', async (t) => {
  const hub = await serveHub(t, {
    token: TOKEN,
    models: {
      'me/mine': { revisions: new Map([['main', new Map([['other.txt', Buffer.from('x')]])]]), private: true },
    },
  });
  const copy = join(folder, 'copy');
  await importModel({
    from: model,
    out: copy,
    hub: (await options(hub.url)).hub,
    signal: new AbortController().signal,
  });
  writeFileSync(join(copy, 'README.md'), '---\nlanguage: ja\nlicense: apache-2.0\n---\nEdited by hand.\n');
  // Without an organisation it is the token's owner's.
  const all = await options(hub.url, { model: copy, to: 'mine' });
  const plan = await planUpload(all);
  assert.deepEqual([plan.repository, plan.exists, plan.license], ['me/mine', true, 'apache-2.0']);
  assert.equal(hub.hub.requests.filter(({ path }) => path.includes('/commit/')).length, 0);
  await uploadModel(all);
  await uploadModel(all);
  assert.equal(hub.store.requests.length, 1);
  const files = hub.models.get('me/mine')?.revisions.get('main');
  assert.match(String(files?.get('README.md')), /Edited by hand/);
  assert.equal(String(files?.get('other.txt')), 'x');
});

test('a large file goes up in parts where the hub wants that, with all of its progress', async (t) => {
  const hub = await serveHub(t, { token: TOKEN, partBytes: 10_000 });
  const stages: JobStage[] = [];
  await uploadModel(await options(hub.url, { onStage: (stage) => stages.push(stage) }));
  const weights = readFileSync(join(model, 'model.safetensors'));
  assert.deepEqual(hub.models.get('org/name')?.revisions.get('main')?.get('model.safetensors'), weights);
  assert.equal(hub.store.requests.length, Math.ceil(weights.length / 10_000) + 1);
  const done = stages.flatMap((stage) => (stage.phase === 'uploading' ? [stage.done] : []));
  assert.ok(done.length > 2 && done.every((bytes, n) => bytes >= (done[n - 1] ?? 0)), String(done));
  assert.equal(done.at(-1), weights.length);
});

test('nothing is sent that was not meant to be', async (t) => {
  const empty = () => new Map([['main', new Map<string, Buffer>()]]);
  const models = () => ({ 'org/name': { revisions: empty() } });
  const sent = ({ hub, store }: { hub: { requests: { path: string }[] }; store: { requests: unknown[] } }) =>
    store.requests.length + hub.requests.filter(({ path }) => /commit|preupload|create|objects/.test(path)).length;
  const cases: [ErrorCode, Partial<HubOptions>, Partial<UploadOptions>, Record<string, string>][] = [
    ['hubModelPublic', { models: models() }, {}, {}],
    ['hubTokenMissing', {}, {}, { HF_TOKEN: '' }],
    ['hubTokenRefused', {}, {}, { HF_TOKEN: 'hf_wrong' }],
    ['hubTokenReadOnly', { role: 'read' }, {}, {}],
    ['hubOffline', {}, {}, { HF_HUB_OFFLINE: '1' }],
    ['repositoryIdInvalid', {}, { to: '../x' }, {}],
    ['modelFolderNotFound', {}, { model: join(folder, 'nowhere') }, {}],
  ];
  for (const [code, server, changes, env] of cases) {
    const hub = await serveHub(t, { token: TOKEN, ...server });
    await fails(uploadModel(await options(hub.url, changes, env)), code);
    assert.equal(sent(hub), 0, code);
  }
  // A public one is taken where that is asked for.
  const open = await serveHub(t, { token: TOKEN, models: models() });
  await uploadModel(await options(open.url, { isPrivate: false }));
});

test('who may not write there is told so; what the store refuses has no signature in it', async (t) => {
  const closed = await serveHub(t, { token: TOKEN });
  await fails(uploadModel(await options(closed.url, { to: 'closed/name' })), 'hubWriteDenied');
  const full = await serveHub(t, {
    token: TOKEN,
    instead: (_, response, at) => at === 'store' && response.writeHead(403).end() !== undefined,
  });
  await assert.rejects(uploadModel(await options(full.url)), (error) => {
    assert.ok(hasCode(error, 'hubFailed'), String(error));
    assert.equal(error.data.status, 403);
    assert.doesNotMatch(error.data.url, /secret/);
    return true;
  });
  assert.deepEqual([...(full.models.get('org/name')?.revisions.get('main') ?? [])], []);
});

test('stopped while it sends: the repository shows nothing of it', async (t) => {
  const stop = new AbortController();
  const hub = await serveHub(t, {
    token: TOKEN,
    instead: (_, __, at) => {
      if (at === 'store') stop.abort();
      return at === 'store';
    },
  });
  const all = await options(hub.url, { signal: stop.signal });
  await assert.rejects(uploadModel(all), { name: 'AbortError' });
  assert.deepEqual([...(hub.models.get('org/name')?.revisions.get('main') ?? [])], []);
});

test('through a proxy', async (t) => {
  const hub = await serveHub(t, { token: TOKEN });
  // The same server, asked for whole addresses, is a proxy to itself.
  const host = 'http://hub.invalid';
  const asked: string[] = [];
  const proxy = await serveHub(t, {
    instead: (request, response, _, body) => {
      asked.push(request.url ?? '');
      const { host: __, ...headers } = request.headers;
      const to = (request.url ?? '').replace(host, hub.url);
      const method = request.method ?? 'GET';
      void fetch(to, { method, headers: headers as Record<string, string>, ...(body.length > 0 ? { body } : {}) }).then(
        async (answer) =>
          response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text()),
      );
      return true;
    },
  });
  await uploadModel(await options(host, {}, { http_proxy: proxy.url }));
  assert.deepEqual(hub.stored.size, 1);
  assert.ok(asked.some((url) => url.startsWith(hub.store.url)));
});
