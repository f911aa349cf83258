/** Import and upload as processes: killed and started again, two at once, and what a person reads. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../support/commandLine.js';
import { type HubFiles, serveHub } from '../support/hubServer.js';
import { writeLanguageModel } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'hub-processes-'));
after(() => rmSync(folder, { recursive: true }));

const ID = 'org/name';
const model = join(folder, 'model');
const files = new Map<string, Buffer>();
before(async () => {
  await writeLanguageModel(model, 'bert');
  for (const name of readdirSync(model)) files.set(name, readFileSync(join(model, name)));
});

const models = (all: HubFiles) => ({ [ID]: { revisions: new Map([['main', all]]) } });
const environment = (url: string, more: Record<string, string> = {}) => ({
  env: {
    ...process.env,
    LANG: 'C',
    LC_ALL: 'C',
    HF_ENDPOINT: url,
    HF_HOME: join(folder, 'home'),
    NO_PROXY: '*',
    ...more,
  },
});
const blobs = (home: string) => join(home, 'hub', 'models--org--name', 'blobs');

test('killed in the middle of the weights, the next import fetches only the rest', async (t) => {
  const weights = files.get('model.safetensors') as Buffer;
  const half = Math.floor(weights.length / 2);
  let isFirst = true;
  const instead = (_: IncomingMessage, response: ServerResponse, at: string) => {
    if (at === 'hub' || !isFirst) return false;
    isFirst = false;
    // Half of it, then nothing more: the connection stays open.
    response.writeHead(200, { 'content-length': weights.length }).write(weights.subarray(0, half));
    return true;
  };
  const hub = await serveHub(t, { models: models(files), instead });
  const home = join(folder, 'killed');
  const argv = ['import', '--from', ID, '--out', join(folder, 'killed-out'), '--json'];
  const first = start(argv, environment(hub.url, { HF_HOME: home }));
  assert.ok(await first.wrote(/"downloading"[^\n]*model\.safetensors/));
  const left = () => readdirSync(blobs(home)).filter((name) => name.endsWith('.incomplete'));
  while (left().every((name) => statSync(join(blobs(home), name)).size < half)) await sleep(20);
  first.child.kill('SIGKILL');
  assert.equal((await first.ended).code, null);
  assert.equal(left().length, 1);

  const { code, err } = await start(argv, environment(hub.url, { HF_HOME: home })).ended;
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(
    hub.store.requests.map(({ headers }) => headers.range),
    [undefined, `bytes=${half}-`],
  );
  assert.deepEqual(readFileSync(join(folder, 'killed-out', 'model.safetensors')), weights);
  assert.deepEqual(left(), []);
});

test('two processes at once both get the model, and share one cache', async (t) => {
  const hub = await serveHub(t, { models: models(files) });
  const home = join(folder, 'shared');
  const imports = ['one', 'two'].map((out) =>
    start(['import', '--from', ID, '--out', join(folder, out), '--json'], environment(hub.url, { HF_HOME: home })),
  );
  for (const { ended } of imports) {
    const { code, err } = await ended;
    assert.deepEqual([code, err], [0, '']);
  }
  for (const [name, bytes] of files) {
    for (const out of ['one', 'two']) assert.deepEqual(readFileSync(join(folder, out, name)), bytes, name);
  }
  assert.equal(readdirSync(blobs(home)).length, files.size);
  const offline = environment('http://127.0.0.1:1', { HF_HOME: home, HF_HUB_OFFLINE: '1' });
  const { code } = await start(['import', '--from', ID, '--out', join(folder, 'three')], offline).ended;
  assert.equal(code, 0);
  const lacking = environment('http://127.0.0.1:1', { HF_HOME: join(folder, 'empty'), HF_HUB_OFFLINE: '1' });
  const none = await start(['import', '--from', ID, '--out', join(folder, 'four')], lacking).ended;
  assert.deepEqual([none.code, none.out], [1, '']);
  assert.match(none.err.replaceAll('\n', ' '), /"org\/name" \(main\) is not whole in the cache .*HF_HUB_OFFLINE/);
});

test('upload says where to, what and how visible, and does it; with --dry-run it only says so', async (t) => {
  const token = `hf_${randomBytes(8).toString('hex')}`;
  const hub = await serveHub(t, { token });
  const at = environment(hub.url, { HF_TOKEN: token });
  const argv = ['upload', '--model', model, '--to', 'mine', '--private', '--license', 'mit'];
  const dry = await start([...argv, '--dry-run'], at).ended;
  assert.equal(dry.code, 0, dry.err);
  assert.ok(
    dry.out.startsWith(`Into the new repository ${hub.url}/me/mine (private), licence mit:\n  README.md  `),
    dry.out,
  );
  assert.match(dry.out, /\n {2}model\.safetensors {2}[\d.]+ KiB\n/);
  assert.equal(hub.models.size, 0);
  const done = await start(argv, at).ended;
  assert.deepEqual([done.code, done.out], [0, `The model is on ${hub.url}/me/mine\n`]);
  assert.equal(hub.models.get('me/mine')?.private, true);
  const json = await start([...argv, '--json'], at).ended;
  assert.equal(json.code, 0, json.err);
  assert.equal((JSON.parse(json.out.trimEnd().split('\n').at(-1) ?? '') as { type: string }).type, 'uploaded');
  const none = await start(argv, environment(hub.url, { HF_TOKEN: '' })).ended;
  assert.equal(none.code, 1);
  assert.match(none.err, /needs an access token[\s\S]*HF_TOKEN/);
  for (const { out, err } of [dry, done, json, none]) assert.ok(!`${out}${err}`.includes(token));
});
