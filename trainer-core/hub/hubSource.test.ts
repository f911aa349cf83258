import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { scanCacheDir } from '@huggingface/hub';
import { sendBroken } from '../../test/support/httpServer.js';
import {
  commitOf,
  type HubFiles,
  type HubModel,
  hashOf,
  serveHub,
  type TestHub,
} from '../../test/support/hubServer.js';
import { mountSmallDisk } from '../../test/support/smallDisk.js';
import { type ErrorCode, hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { hubSettings } from './hubSettings.js';
import { HubSource } from './hubSource.js';

const folder = mkdtempSync(join(tmpdir(), 'hub-source-'));
after(() => rmSync(folder, { recursive: true }));

const ID = 'org/name';
const WEIGHTS = 'model.safetensors';
const bytes = randomBytes(200_000);
const files: HubFiles = new Map([
  ['config.json', Buffer.from('{}\n')],
  [WEIGHTS, bytes],
]);
const one = (changes: Partial<HubModel> = {}): Record<string, HubModel> => ({
  [ID]: { revisions: new Map([['main', files]]), ...changes },
});

let count = 0;
const newHome = () => join(folder, `home-${count++}`);
const repo = (home: string) => join(home, 'hub', 'models--org--name');

/** A hub whose first two answers with weights break off after 60,000 bytes. */
function serveBreaking(t: TestContext): Promise<TestHub> {
  let breaks = 2;
  return serveHub(t, {
    models: one(),
    instead: (_, response, at) => {
      const isBroken = at === 'store' && breaks-- > 0;
      if (isBroken) sendBroken(response, bytes, 60_000);
      return isBroken;
    },
  });
}

interface Want {
  home: string;
  env?: Record<string, string>;
  revision?: string;
  signal?: AbortSignal;
  onStage?(stage: JobStage): void;
}

/** Fetches files as one process would, and gives their contents. */
async function fetched({ url }: { url: string }, names: readonly string[], want: Want): Promise<(Buffer | null)[]> {
  const { home, env = {}, revision = 'main', signal = new AbortController().signal, onStage = () => {} } = want;
  const hub = { ...(await hubSettings({ HF_ENDPOINT: url, HF_HOME: home, ...env })), retryMs: [1] };
  const source = new HubSource(ID, hub, revision);
  const out = join(folder, `out-${count++}`);
  mkdirSync(out);
  const contents: (Buffer | null)[] = [];
  for (const name of names) {
    const came = await source.fetch(name, out, signal, onStage).catch((error: unknown) => {
      throw source.explain(error);
    });
    contents.push(came ? readFileSync(join(out, name)) : null);
  }
  return contents;
}

const fails = (work: Promise<unknown>, code: ErrorCode) =>
  assert.rejects(work, (error) => {
    assert.ok(hasCode(error, code), String(error));
    return true;
  });

const downloads = ({ store }: TestHub) => store.requests.map(({ headers }) => headers.range ?? 'all');

test('the cache is as Hugging Face’s own programs lay it out and read it', async (t) => {
  const hub = await serveHub(t, { models: one() });
  const home = newHome();
  assert.deepEqual(await fetched(hub, ['config.json', WEIGHTS, 'vocab.txt'], { home }), [...files.values(), null]);
  const commit = commitOf(files);
  assert.equal(readFileSync(join(repo(home), 'refs', 'main'), 'utf8'), commit);
  const pointer = join(repo(home), 'snapshots', commit, WEIGHTS);
  assert.equal(readlinkSync(pointer), join('..', '..', 'blobs', hashOf(WEIGHTS, bytes)));
  assert.deepEqual(
    readdirSync(join(repo(home), 'blobs')).sort(),
    [...files].map(([name, b]) => hashOf(name, b)).sort(),
  );
  // The official client's own reader.
  const { repos, warnings } = await scanCacheDir(join(home, 'hub'));
  assert.deepEqual(warnings, []);
  assert.deepEqual([repos[0]?.id, repos[0]?.revisions[0]?.refs], [{ type: 'model', name: ID }, ['main']]);
});

test('what is in the cache is not downloaded again, but checked: damage is mended', async (t) => {
  const hub = await serveHub(t, { models: one() });
  const home = newHome();
  await fetched(hub, [WEIGHTS], { home });
  await fetched(hub, [WEIGHTS], { home });
  assert.deepEqual(downloads(hub), ['all']);
  const blob = join(repo(home), 'blobs', hashOf(WEIGHTS, bytes));
  const damaged = Buffer.from(bytes);
  damaged[5]! ^= 1;
  writeFileSync(blob, damaged);
  await fails(fetched(hub, [WEIGHTS], { home, env: { HF_HUB_OFFLINE: '1' } }), 'hubCacheDamaged');
  assert.deepEqual(await fetched(hub, [WEIGHTS], { home }), [bytes]);
  assert.deepEqual(readFileSync(blob), bytes);
  // A copy instead of a link, as on a Windows that lets nobody make one.
  const pointer = join(repo(home), 'snapshots', commitOf(files), WEIGHTS);
  rmSync(pointer);
  writeFileSync(pointer, bytes);
  rmSync(blob);
  assert.deepEqual(await fetched(hub, [WEIGHTS], { home }), [bytes]);
  assert.deepEqual(await fetched(hub, [WEIGHTS], { home, env: { HF_HUB_OFFLINE: '1' } }), [bytes]);
  assert.equal(downloads(hub).length, 2);
});

test('a run that was cut off is gone on with by the next one', async (t) => {
  const hub = await serveBreaking(t);
  const home = newHome();
  await fails(fetched(hub, [WEIGHTS], { home }), 'downloadIncomplete');
  const seen: JobStage[] = [];
  assert.deepEqual(await fetched(hub, [WEIGHTS], { home, onStage: (stage) => seen.push(stage) }), [bytes]);
  assert.deepEqual(downloads(hub), ['all', 'bytes=60000-', 'bytes=60000-']);
  assert.equal(seen.find(({ phase }) => phase === 'downloading')?.done, 60_000);
  assert.deepEqual(readdirSync(join(repo(home), 'blobs')), [hashOf(WEIGHTS, bytes)]);
});

test('a file that has changed between two runs is another file', async (t) => {
  const hub = await serveBreaking(t);
  const home = newHome();
  await fails(fetched(hub, [WEIGHTS], { home }), 'downloadIncomplete');
  const newer = randomBytes(bytes.length);
  hub.models.get(ID)?.revisions.set('main', new Map([[WEIGHTS, newer]]));
  assert.deepEqual(await fetched(hub, [WEIGHTS], { home }), [newer]);
  assert.equal(downloads(hub).at(-1), 'all');
  // The older commit can still be had, and goes on where it was.
  hub.models.get(ID)?.revisions.set('old', files);
  assert.deepEqual(await fetched(hub, [WEIGHTS], { home, revision: commitOf(files) }), [bytes]);
  assert.equal(downloads(hub).at(-1), 'bytes=60000-');
  assert.deepEqual(readdirSync(join(repo(home), 'snapshots')).length, 2);
});

test('two at once do each other no harm, and leave nothing over', async (t) => {
  const hub = await serveHub(t, { models: one() });
  const home = newHome();
  const both = await Promise.all([1, 2, 3].map(() => fetched(hub, ['config.json', WEIGHTS], { home })));
  assert.deepEqual(both, Array(3).fill([...files.values()]));
  assert.equal(readdirSync(join(repo(home), 'blobs')).length, 2);
  assert.equal(readdirSync(join(repo(home), 'snapshots', commitOf(files))).length, 2);
});

test('without the network the cache must have it', async (t) => {
  const hub = await serveHub(t, { models: one() });
  const home = newHome();
  await fetched(hub, ['config.json'], { home });
  const asked = hub.hub.requests.length;
  for (const env of [{ HF_HUB_OFFLINE: 'true' }, { TRANSFORMERS_OFFLINE: '1' }]) {
    assert.deepEqual(await fetched(hub, ['config.json', WEIGHTS], { home, env }), [files.get('config.json'), null]);
    await fails(fetched(hub, ['config.json'], { home: newHome(), env }), 'hubNotCached');
    await fails(fetched(hub, ['config.json'], { home, env, revision: 'v2' }), 'hubNotCached');
    assert.deepEqual(await fetched(hub, ['config.json'], { home, env, revision: commitOf(files) }), [
      files.get('config.json'),
    ]);
  }
  assert.equal(hub.hub.requests.length, asked);
});

test('a gated model is seen by all and had with the token, which the store never gets', async (t) => {
  const hub = await serveHub(t, { models: one({ gated: true }), token: 'hf_right' });
  await fails(fetched(hub, [WEIGHTS], { home: newHome() }), 'hubAccessDenied');
  await assert.rejects(fetched(hub, [WEIGHTS], { home: newHome(), env: { HF_TOKEN: 'hf_wrong' } }), (error) => {
    return hasCode(error, 'hubAccessDenied') && error.data.withToken;
  });
  // As `hf auth login` leaves it.
  const home = newHome();
  mkdirSync(home);
  writeFileSync(join(home, 'token'), 'hf_right\n');
  assert.deepEqual(await fetched(hub, [WEIGHTS], { home }), [bytes]);
  assert.deepEqual([hub.store.requests.length, hub.store.requests[0]?.headers.authorization], [1, undefined]);
});

test('the hub may lie below a path', async (t) => {
  const hub = await serveHub(t, { models: one(), base: '/mirror/hf' });
  assert.deepEqual(await fetched({ url: `${hub.url}/` }, ['config.json'], { home: newHome() }), [
    files.get('config.json'),
  ]);
  assert.ok(hub.hub.requests.every(({ path }) => path.startsWith('/mirror/hf/')));
});

test('it can be stopped, and what has come stays', async (t) => {
  const hub = await serveHub(t, {
    models: one(),
    instead: (_, response, at) => {
      if (at === 'store') response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 70_000));
      return at === 'store';
    },
  });
  const home = newHome();
  const stop = new AbortController();
  const onStage = ({ done }: JobStage) => void (done === 70_000 && stop.abort());
  await assert.rejects(fetched(hub, [WEIGHTS], { home, signal: stop.signal, onStage }), { name: 'AbortError' });
  const [left] = readdirSync(join(repo(home), 'blobs'));
  assert.match(left ?? '', /\.incomplete$/);
  assert.equal(statSync(join(repo(home), 'blobs', left ?? '')).size, 70_000);
});

test('a disk without room says so before it fetches anything', async (t) => {
  const disk = mountSmallDisk(t, folder, 64);
  if (disk === null) return;
  const hub = await serveHub(t, { models: one() });
  await fails(fetched(hub, [WEIGHTS], { home: disk }), 'diskFull');
  assert.deepEqual(downloads(hub), []);
  assert.equal(lstatSync(repo(disk)).isDirectory() && existsSync(join(repo(disk), 'refs', 'main')), true);
});

test('a hub that gives contents no names is none', async (t) => {
  const hub = await serveHub(t, {
    models: one(),
    instead: (request, response) => {
      const isTree = request.url?.includes('/tree/') === true;
      if (isTree) response.end(JSON.stringify([{ type: 'file', path: 'config.json', size: 3, oid: '../../../x' }]));
      return isTree;
    },
  });
  await fails(fetched(hub, ['config.json'], { home: newHome() }), 'hubAnswerInvalid');
});
