import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { wikiDump } from '../../test/support/wikiDump.js';
import { isAlive } from '../checkpoint/livingProcess.js';
import { Random } from '../corpus/random.js';
import { CORPUS_FILE } from '../protocol/corpusManifest.js';
import { corpusSettings } from '../protocol/corpusSettings.js';
import { hasCode } from '../protocol/errors.js';
import { buildCorpus } from './buildCorpus.js';
import { LOCK_FILE } from './buildLock.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'killedBuild-'));
after(() => rmSync(folder, { recursive: true }));

const lines = gunzipSync(readFileSync(join(ROOT, 'media/sample/wiki/wiki.txt.gz')))
  .toString()
  .split('\n');
const part = (i: number) => lines.slice(i * 40, i * 40 + 50);
const written = (name: string, contents: string | Uint8Array) => {
  const file = join(folder, name);
  writeFileSync(file, contents);
  return file;
};
const pages = part(5).map((text, i) => ({ title: `頁${i}`, text: `'''${text}'''` }));
/** Of several formats; one dump breaks off in a page, the other is packed in several streams. */
const inputs = [
  ...[0, 1, 2, 3].map((i) => written(`${i}.txt`, part(i).join('\n\n'))),
  written(
    '4.jsonl.gz',
    gzipSync(
      part(4)
        .map((text) => JSON.stringify({ text }))
        .join('\n'),
    ),
  ),
  written('5.xml', wikiDump(pages).slice(0, -100)),
  join(ROOT, 'trainer-core/documents/fixtures/multistream.xml.bz2'),
  ...[6, 7, 8, 9].map((i) => written(`${i}.txt`, part(i).join('\n\n'))),
];
const TUNING = { commitMs: 0, shardTokens: 10_000 };

/** All that a child process needs besides its own signal and callback. */
function optionsFor(out: string) {
  const settings = corpusSettings.parse({ dropDuplicates: true });
  return { inputs, vocabFile: join(ROOT, 'media/vocab/vocab.txt'), out, settings, maxSeqLength: 64, workers: 2 };
}

const program = join(folder, 'program.mjs');
writeFileSync(
  program,
  `import { buildCorpus } from ${JSON.stringify(new URL('buildCorpus.js', import.meta.url).href)};
  const onStage = ({ phase, done }) => process.stdout.write(phase + ' ' + done + '\\n');
  const options = { ...JSON.parse(process.argv[2]), signal: new AbortController().signal, onStage };
  await buildCorpus(options, ${JSON.stringify(TUNING)});`,
);

/** Starts a build in a process of its own; it writes a line with each stage. */
function start(out: string) {
  const options = JSON.stringify(optionsFor(out));
  return spawn(process.execPath, [program, options], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Waits until a child has written the word. */
async function saidOf({ stdout }: ReturnType<typeof start>, word: string): Promise<void> {
  for await (const text of stdout.iterator({ destroyOnReturn: false })) if (String(text).includes(word)) return;
}

function contents(out: string): Record<string, string> {
  return Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name)).toString('base64')]));
}

test('killed at any moments and run again until it is done, a build gives the same bytes', async () => {
  const whole = join(folder, 'whole');
  const stop = new AbortController();
  await buildCorpus({ ...optionsFor(whole), signal: stop.signal, onStage: () => {} }, TUNING);
  const random = Random.fromSeed(11);
  const out = join(folder, 'killed');
  let kills = 0;
  while (!existsSync(join(out, CORPUS_FILE))) {
    const child = start(out);
    const ended = once(child, 'exit');
    // Some while it loads, some a while after it has begun to work; each gets a little further on the whole.
    if (random.below(4) > 0) await Promise.race([once(child.stdout, 'data'), ended]);
    // In the end also in the pass that drops duplicates and makes the manifest.
    if (kills > 3 && random.below(2) > 0) await Promise.race([saidOf(child, 'deduplicating'), ended]);
    else await Promise.race([setTimeout(random.below(60 + 20 * kills)), ended]);
    await Promise.race([setTimeout(random.below(20)), ended]);
    child.kill('SIGKILL');
    const [code] = await ended;
    if (code === null) kills += 1;
    else assert.equal(code, 0);
  }
  assert.ok(kills > 3, `${kills} kills`);
  // A kill may have come between the manifest and the last clearing up.
  await buildCorpus({ ...optionsFor(out), signal: stop.signal, onStage: () => {} }, TUNING);
  assert.deepEqual(contents(out), contents(whole));
});

test('a folder that another process builds in is refused with its id, and free when that is gone', async () => {
  const out = join(folder, 'busy');
  const child = start(out);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const options = { ...optionsFor(out), signal: new AbortController().signal, onStage: () => {} };
  await assert.rejects(buildCorpus(options), (error) => {
    assert.ok(hasCode(error, 'corpusBusy'), String(error));
    assert.deepEqual(error.data, { folder: out, pid: child.pid });
    return true;
  });
  child.kill('SIGKILL');
  await ended;
  assert.equal(isAlive(child.pid!), false);
  assert.ok(readFileSync(join(out, LOCK_FILE), 'utf8').startsWith(`${child.pid} `));
  await buildCorpus(options, TUNING);
  assert.deepEqual(contents(out), contents(join(folder, 'whole')));
});
