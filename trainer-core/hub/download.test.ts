import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sendBroken, sendBytes, serve } from '../../test/support/httpServer.js';
import { hasCode } from '../protocol/errors.js';
import { type DownloadOptions, download } from './download.js';

const folder = mkdtempSync(join(tmpdir(), 'download-'));
after(() => rmSync(folder, { recursive: true }));

const bytes = randomBytes(300_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
let count = 0;

function get(url: string, options: Partial<DownloadOptions> = {}) {
  const file = join(folder, `file-${count++}`);
  const signal = new AbortController().signal;
  return { file, done: download(url, file, { token: undefined, signal, retryMs: [1, 1, 1], ...options }) };
}

test('a file comes whole, with its progress', async (t) => {
  const { url } = await serve(t, (request, response) => sendBytes(request, response, bytes));
  const seen: [number, number | null][] = [];
  const { file, done } = get(url, { onBytes: (...progress) => seen.push(progress) });
  assert.equal((await done).status, 200);
  assert.ok(readFileSync(file).equals(bytes));
  assert.deepEqual(
    [seen[0], seen.at(-1)],
    [
      [0, bytes.length],
      [bytes.length, bytes.length],
    ],
  );
});

test('where the connection broke it goes on by Range, as often as that brings it further', async (t) => {
  const headers = { etag: '"v1"' };
  const { url, requests } = await serve(t, (request, response, n) => {
    if (n === 0) return sendBroken(response, bytes, 50_000, headers);
    const start = Number(/=(\d+)-/.exec(request.headers.range ?? '')?.[1]);
    if (n > 8) return sendBytes(request, response, bytes, headers);
    response.writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`, ...headers });
    response.write(bytes.subarray(start, start + 20_000), () => setTimeout(() => response.destroy(), 10));
  });
  const { file, done } = get(url);
  await done;
  assert.ok(readFileSync(file).equals(bytes));
  assert.deepEqual([requests[1]?.headers.range, requests[1]?.headers['if-range']], ['bytes=50000-', '"v1"']);
  assert.equal(requests.length, 10);
});

test('a server without ranges, and one whose file has changed, send it from the beginning', async (t) => {
  const plain = await serve(t, (_, response, n) => {
    if (n === 0) sendBroken(response, bytes, 50_000);
    else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  const first = get(plain.url);
  await first.done;
  assert.ok(readFileSync(first.file).equals(bytes));

  const newer = bytes.subarray(100_000);
  const changed = await serve(t, (request, response, n) => {
    if (n === 0) sendBroken(response, bytes, 50_000, { etag: '"v1"' });
    else sendBytes(request, response, newer, { etag: '"v2"' });
  });
  const second = get(changed.url);
  await second.done;
  assert.ok(readFileSync(second.file).equals(newer));
});

test('a server that promises more than it sends, every time, is an incomplete download', async (t) => {
  const { url, requests } = await serve(t, (_, response) => sendBroken(response, bytes, 70_000));
  await assert.rejects(get(url).done, (error) => {
    assert.ok(hasCode(error, 'downloadIncomplete'), String(error));
    assert.deepEqual(error.data, { url, expectedBytes: bytes.length, gotBytes: 70_000 });
    return true;
  });
  // The first brought something new, the three after it did not.
  assert.equal(requests.length, 4);
});

test('the hub knows the true length and checksum of a large file', async (t) => {
  const facts = { 'x-linked-size': String(bytes.length), 'x-linked-etag': `"${sha256}"` };
  const short = await serve(t, (request, response) => sendBytes(request, response, bytes.subarray(0, 9), facts));
  await assert.rejects(get(short.url).done, (error) => hasCode(error, 'downloadIncomplete'));
  const damaged = Buffer.from(bytes);
  damaged[100_000]! ^= 1;
  const other = await serve(t, (request, response) => sendBytes(request, response, damaged, facts));
  await assert.rejects(get(other.url).done, (error) => {
    return hasCode(error, 'downloadDamaged') && error.data.expectedSha256 === sha256;
  });
});

test('a large file lies elsewhere: the token stays with the hub, the checksum is kept', async (t) => {
  const store = await serve(t, (request, response) => sendBytes(request, response, bytes));
  const hub = await serve(t, (request, response) => {
    if (request.url === '/old') return response.writeHead(307, { location: '/new' }).end();
    const facts = { 'x-linked-etag': `"${sha256}"`, 'x-repo-commit': 'abc' };
    return response.writeHead(302, { location: `${store.url}/blob`, ...facts }).end();
  });
  const { file, done } = get(`${hub.url}/old`, { token: 'hf_secret' });
  const { facts } = await done;
  assert.ok(readFileSync(file).equals(bytes));
  assert.deepEqual([facts.sha256, facts.commit], [sha256, 'abc']);
  assert.deepEqual(
    hub.requests.map(({ path, headers }) => [path, headers.authorization]),
    [
      ['/old', 'Bearer hf_secret'],
      ['/new', 'Bearer hf_secret'],
    ],
  );
  assert.equal(store.requests[0]?.headers.authorization, undefined);
});

test('a server’s faults are tried again, a refusal is not', async (t) => {
  const weak = await serve(t, (request, response, n) => {
    if (n < 2) response.writeHead(n === 0 ? 500 : 429).end();
    else sendBytes(request, response, bytes);
  });
  assert.equal((await get(weak.url).done).status, 200);
  const down = await serve(t, (_, response) => response.writeHead(503).end());
  await assert.rejects(get(down.url).done, (error) => hasCode(error, 'hubFailed') && error.data.status === 503);
  assert.equal(down.requests.length, 4);
  const no = await serve(t, (_, response) => response.writeHead(400).end());
  await assert.rejects(get(no.url).done, (error) => hasCode(error, 'hubFailed') && error.data.status === 400);
  assert.equal(no.requests.length, 1);
  for (const status of [401, 403, 404] as const) {
    const { url } = await serve(t, (_, response) => response.writeHead(status, { 'x-error-code': 'X' }).end());
    const answer = await get(url).done;
    assert.deepEqual([answer.status, answer.facts.errorCode], [status, 'X']);
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
  await assert.rejects(get(dumb.url, { stallMs: 50, retryMs: [] }).done, (error) => {
    return hasCode(error, 'hubUnreachable') && /no answer/.test(error.data.reason);
  });
  const half = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1000));
  });
  await assert.rejects(get(half.url, { stallMs: 100, retryMs: [] }).done, (error) => {
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
  const signal = new AbortController().signal;
  const full = download(url, '/dev/full', { token: undefined, signal, retryMs: [1] });
  await assert.rejects(full, (error) => hasCode(error, 'diskFull') && error.data.file === '/dev/full');
  assert.equal(requests.length, 1);
});
