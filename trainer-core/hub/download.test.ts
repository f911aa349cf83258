import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sendBroken, sendBytes, serve } from '../../test/support/httpServer.js';
import { hasCode } from '../protocol/errors.js';
import { type DownloadOptions, download } from './download.js';
import { hubFetch } from './hubFetch.js';

const folder = mkdtempSync(join(tmpdir(), 'download-'));
after(() => rmSync(folder, { recursive: true }));

const bytes = randomBytes(300_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const expected = { sizeBytes: bytes.length, hash: sha256 };
let count = 0;

function get(
  url: string,
  options: Partial<DownloadOptions> = {},
  file = join(folder, `file-${count++}`),
  what = expected,
) {
  const fetch = hubFetch({ endpoint: url, token: 'hf_secret', env: {} });
  const signal = new AbortController().signal;
  return { file, done: download(url, file, what, { fetch, signal, retryMs: [1, 1, 1], ...options }) };
}

test('a file comes whole, with its progress', async (t) => {
  const { url } = await serve(t, (request, response) => sendBytes(request, response, bytes));
  const seen: number[] = [];
  const { file, done } = get(url, { onBytes: (bytesDone) => seen.push(bytesDone) });
  assert.equal(await done, true);
  assert.ok(readFileSync(file).equals(bytes));
  assert.deepEqual([seen[0], seen.at(-1)], [0, bytes.length]);
});

test('small files are checked by the hash that git has for them', async (t) => {
  const text = Buffer.from('hello\n');
  // As `git hash-object` says.
  const git = { sizeBytes: text.length, hash: 'ce013625030ba8dba906f756967f9e9ca394464a' };
  const { url } = await serve(t, (request, response) => sendBytes(request, response, text));
  const { file, done } = get(url, {}, undefined, git);
  assert.equal(await done, true);
  assert.equal(readFileSync(file, 'utf8'), 'hello\n');
});

test('where the connection broke it goes on by Range, as often as that brings it further', async (t) => {
  const { url, requests } = await serve(t, (request, response, n) => {
    if (n === 0) return sendBroken(response, bytes, 50_000);
    const start = Number(/=(\d+)-/.exec(request.headers.range ?? '')?.[1]);
    if (n > 8) return sendBytes(request, response, bytes);
    response.writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
    response.write(bytes.subarray(start, start + 20_000), () => setTimeout(() => response.destroy(), 10));
  });
  const { file, done } = get(url);
  await done;
  assert.ok(readFileSync(file).equals(bytes));
  assert.equal(requests[1]?.headers.range, 'bytes=50000-');
  assert.equal(requests.length, 10);
});

test('another process goes on with what one has left, and checks that too', async (t) => {
  const ranges = await serve(t, (request, response) => sendBytes(request, response, bytes));
  const good = join(folder, 'left');
  writeFileSync(good, bytes.subarray(0, 123_456));
  await get(ranges.url, {}, good).done;
  assert.ok(readFileSync(good).equals(bytes));
  assert.deepEqual(
    ranges.requests.map(({ headers }) => headers.range),
    ['bytes=123456-'],
  );

  const bad = join(folder, 'bad');
  writeFileSync(bad, randomBytes(1000));
  await get(ranges.url, {}, bad).done;
  assert.ok(readFileSync(bad).equals(bytes));

  const whole = await serve(t, (_, response) => response.writeHead(500).end());
  const done = join(folder, 'done');
  writeFileSync(done, Buffer.concat([bytes, Buffer.from('more')]));
  await get(whole.url, {}, done).done;
  assert.ok(readFileSync(done).equals(bytes));
  assert.equal(whole.requests.length, 0);
});

test('what has come stays for the next time', async (t) => {
  const { url } = await serve(t, (_, response) => sendBroken(response, bytes, 70_000));
  const { file, done } = get(url);
  await assert.rejects(done, (error) => {
    assert.ok(hasCode(error, 'downloadIncomplete'), String(error));
    assert.deepEqual(error.data, { url, expectedBytes: bytes.length, gotBytes: 70_000 });
    return true;
  });
  assert.ok(readFileSync(file).equals(bytes.subarray(0, 70_000)));
});

test('a server that does not know ranges sends it from the beginning', async (t) => {
  const plain = await serve(t, (_, response, n) => {
    if (n === 0) sendBroken(response, bytes, 50_000);
    else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  const { file, done } = get(plain.url);
  await done;
  assert.ok(readFileSync(file).equals(bytes));
});

test('two versions of a file are never put together', async (t) => {
  const newer = Buffer.from(bytes);
  newer[10]! ^= 1;
  const changed = await serve(t, (request, response, n) => {
    if (n === 0) sendBroken(response, newer, 50_000);
    else sendBytes(request, response, bytes);
  });
  await assert.rejects(get(changed.url).done, (error) => hasCode(error, 'downloadDamaged'));
  // The next attempt begins anew.
  const file = join(folder, 'changed');
  await get(changed.url, {}, file).done;
  assert.ok(readFileSync(file).equals(bytes));
});

test('a body that is too short, too long or other than it should be', async (t) => {
  for (const wrong of [bytes.subarray(1), Buffer.concat([bytes, bytes])]) {
    const told = await serve(t, (request, response) => sendBytes(request, response, wrong));
    await assert.rejects(get(told.url).done, (error) => {
      assert.ok(hasCode(error, 'downloadDamaged'), String(error));
      assert.deepEqual([error.data.what, error.data.got], ['size', String(wrong.length)]);
      return true;
    });
  }
  const untoldShort = await serve(t, (_, response) => {
    response.write(bytes.subarray(0, 1000));
    response.end();
  });
  await assert.rejects(get(untoldShort.url).done, (error) => hasCode(error, 'downloadIncomplete'));
  const untoldLong = await serve(t, (_, response) => {
    response.write(bytes);
    response.end('more');
  });
  await assert.rejects(get(untoldLong.url).done, (error) => hasCode(error, 'downloadDamaged'));
  const damaged = Buffer.from(bytes);
  damaged[100_000]! ^= 1;
  const other = await serve(t, (request, response) => sendBytes(request, response, damaged));
  const { file, done } = get(other.url);
  await assert.rejects(done, (error) => hasCode(error, 'downloadDamaged') && error.data.expected === sha256);
  assert.equal(readFileSync(file).length, 0);
});

test('a server’s faults are tried again, a refusal is not', async (t) => {
  const weak = await serve(t, (request, response, n) => {
    if (n < 2) response.writeHead(n === 0 ? 500 : 429).end();
    else sendBytes(request, response, bytes);
  });
  assert.equal(await get(weak.url).done, true);
  const down = await serve(t, (_, response) => response.writeHead(503).end());
  await assert.rejects(get(down.url).done, (error) => hasCode(error, 'hubFailed') && error.data.status === 503);
  assert.equal(down.requests.length, 4);
  for (const status of [400, 404]) {
    const no = await serve(t, (_, response) => response.writeHead(status).end());
    await assert.rejects(get(no.url).done, (error) => hasCode(error, 'hubFailed') && error.data.status === status);
    assert.equal(no.requests.length, 1);
  }
  for (const status of [401, 403]) {
    const { url } = await serve(t, (_, response) => response.writeHead(status).end());
    assert.equal(await get(url).done, false);
  }
});

test('nobody there: the host and the system’s word for it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(get(`http://127.0.0.1:${port}/x`).done, (error) => {
    assert.ok(hasCode(error, 'hubUnreachable'), String(error));
    assert.deepEqual(error.data, { host: `127.0.0.1:${port}`, reason: 'ECONNREFUSED' });
    return true;
  });
});

test('a connection that falls silent is given up', async (t) => {
  const dumb = await serve(t, () => {});
  await assert.rejects(get(dumb.url, { silenceMs: 50, retryMs: [] }).done, (error) => {
    return hasCode(error, 'hubUnreachable') && /no answer/.test(error.data.reason);
  });
  const half = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1000));
  });
  await assert.rejects(get(half.url, { silenceMs: 100, retryMs: [] }).done, (error) => {
    return hasCode(error, 'downloadIncomplete') && error.data.gotBytes === 1000;
  });
});

test('it can be stopped: before the answer, in the middle, and while it waits to try again', async (t) => {
  const dumb = await serve(t, () => {});
  await assert.rejects(get(dumb.url, { signal: abortIn(50) }).done, { name: 'AbortError' });
  const half = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1000));
  });
  await assert.rejects(get(half.url, { signal: abortIn(100) }).done, { name: 'AbortError' });
  const down = await serve(t, (_, response) => response.writeHead(500).end());
  const waiting = get(down.url, { signal: abortIn(100), retryMs: [60_000] });
  await assert.rejects(waiting.done, { name: 'AbortError' });
});

function abortIn(ms: number): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), ms);
  return stop.signal;
}

test('a full disk is no fault of the network', { skip: !existsSync('/dev/full') }, async (t) => {
  const { url, requests } = await serve(t, (request, response) => sendBytes(request, response, bytes));
  const { done } = get(url, {}, '/dev/full');
  await assert.rejects(done, (error) => hasCode(error, 'diskFull') && error.data.file === '/dev/full');
  assert.equal(requests.length, 1);
});
