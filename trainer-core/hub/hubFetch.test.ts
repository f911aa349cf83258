import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { serve } from '../../test/support/httpServer.js';
import { selfSigned } from '../../test/support/selfSigned.js';
import { hasCode } from '../protocol/errors.js';
import { hubFetch, NetworkError } from './hubFetch.js';
import { proxyOf } from './proxy.js';

const TOKEN = 'hf_secret';

/** A proxy as they are everywhere: CONNECT for https, whole addresses for http. */
async function serveProxy(t: TestContext, credentials?: string) {
  const asked: string[] = [];
  const isLetIn = ({ headers }: IncomingMessage) =>
    credentials === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!isLetIn(request)) return void response.writeHead(407).end();
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const on = httpRequest(request.url ?? '', { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    on.on('error', () => response.destroy());
    request.pipe(on);
  });
  server.on('connect', (request: IncomingMessage, client) => {
    asked.push(`CONNECT ${request.url}`);
    if (!isLetIn(request)) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const end of [upstream, client]) end.on('error', () => [upstream.destroy(), client.destroy()]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('the token is for the hub alone, on redirects and whatever the caller sets', async (t) => {
  const other = await serve(t, (_, response) => response.end('other'));
  const hub = await serve(t, ({ url }, response) => {
    if (url === '/old') response.writeHead(307, { location: '/new' }).end();
    else response.writeHead(302, { location: `${other.url}/file` }).end();
  });
  const fetch = hubFetch({ endpoint: hub.url, token: TOKEN, env: {} });
  assert.equal(await (await fetch(`${hub.url}/old`)).text(), 'other');
  await fetch(other.url, { headers: { authorization: `Bearer ${TOKEN}` } });
  const tokens = (requests: typeof hub.requests) => requests.map(({ headers }) => headers.authorization);
  assert.deepEqual(tokens(hub.requests), [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
  assert.deepEqual(tokens(other.requests), [undefined, undefined]);
  const without = hubFetch({ endpoint: hub.url, token: undefined, env: {} });
  await without(hub.url, { headers: { authorization: 'Bearer undefined' } });
  assert.equal(hub.requests.at(-1)?.headers.authorization, undefined);
});

test('redirects end: a loop fails, one that would turn a POST into a GET is not followed', async (t) => {
  const loop = await serve(t, (_, response) => response.writeHead(302, { location: '/' }).end());
  const fetch = hubFetch({ endpoint: loop.url, token: undefined, env: {} });
  await assert.rejects(fetch(loop.url), (error) => error instanceof NetworkError && /redirects/.test(error.reason));
  assert.equal((await fetch(loop.url, { method: 'POST', body: 'x' })).status, 302);
  assert.equal((await fetch(loop.url, { redirect: 'manual' })).status, 302);
});

test('through a proxy: http by its address, with body, headers and answer', async (t) => {
  let body = '';
  const hub = await serve(t, async (request, response) => {
    for await (const chunk of request) body += chunk;
    response.writeHead(201, { 'x-a': 'b' }).end('done');
  });
  const proxy = await serveProxy(t, 'me:p@ss');
  const env = { http_proxy: `http://me:p%40ss@${new URL(proxy.url).host}` };
  const fetch = hubFetch({ endpoint: hub.url, token: TOKEN, env });
  const answer = await fetch(`${hub.url}/x?y`, { method: 'PUT', body: new Blob(['hello']) });
  assert.deepEqual(
    [answer.status, answer.headers.get('x-a'), answer.url, await answer.text()],
    [201, 'b', `${hub.url}/x?y`, 'done'],
  );
  assert.deepEqual(proxy.asked, [`PUT ${hub.url}/x?y`]);
  const { headers } = hub.requests[0]!;
  assert.deepEqual([body, headers['content-length'], headers.authorization], ['hello', '5', `Bearer ${TOKEN}`]);
  assert.deepEqual([headers.host, headers['proxy-authorization']], [new URL(hub.url).host, undefined]);
  const closed = hubFetch({ endpoint: hub.url, token: TOKEN, env: { http_proxy: proxy.url } });
  assert.equal((await closed(hub.url)).status, 407);
});

test('through a proxy: https by a tunnel, in which the proxy sees nothing', async (t) => {
  const { key, cert } = selfSigned();
  const seen: IncomingMessage[] = [];
  const server = createTlsServer({ key, cert }, (request, response) => {
    seen.push(request);
    response.end('secret');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const proxy = await serveProxy(t);
  const env = { HTTPS_PROXY: proxy.url.replace('http://', '') };
  const fetch = hubFetch({ endpoint: `https://${host}`, token: TOKEN, env });
  // Nobody vouches for this certificate: the tunnel must not make that pass.
  await assert.rejects(
    fetch(`https://${host}/`),
    (error) => error instanceof NetworkError && /SELF_SIGNED|CERT/.test(error.reason),
  );
  assert.equal(seen.length, 0);
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  t.after(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });
  assert.equal(await (await fetch(`https://${host}/`)).text(), 'secret');
  assert.equal(seen[0]?.headers.authorization, `Bearer ${TOKEN}`);
  assert.deepEqual(proxy.asked, [`CONNECT ${host}`, `CONNECT ${host}`]);
  const no = await serveProxy(t, 'me:secret');
  const refused = hubFetch({ endpoint: `https://${host}`, token: TOKEN, env: { HTTPS_PROXY: no.url } });
  await assert.rejects(
    refused(`https://${host}/`),
    (error) => error instanceof NetworkError && /proxy .* answered 407/.test(error.reason),
  );
});

test('a request through a proxy can be stopped, before the answer and in it', async (t) => {
  const hub = await serve(t, ({ url }, response) => {
    if (url === '/half') response.writeHead(200, { 'content-length': 10 }).write('half');
  });
  const proxy = await serveProxy(t);
  const fetch = hubFetch({ endpoint: hub.url, token: TOKEN, env: { http_proxy: proxy.url } });
  const soon = () => AbortSignal.timeout(100);
  await assert.rejects(fetch(`${hub.url}/silent`, { signal: soon() }), { name: 'TimeoutError' });
  const half = await fetch(`${hub.url}/half`, { signal: soon() });
  await assert.rejects(half.text());
});

test('which proxy, by scheme and host', () => {
  const to = (url: string, env: Record<string, string>) => proxyOf(new URL(url), env)?.href ?? null;
  const [plain, secure] = ['http://plain:1/', 'http://secure:2/'];
  const env = { http_proxy: plain, HTTPS_PROXY: 'secure:2' };
  assert.deepEqual([to('http://a', env), to('https://a', env), to('https://a', {})], [plain, secure, null]);
  assert.deepEqual(
    [to('http://a', { ALL_PROXY: plain }), to('http://a', { http_proxy: '', ALL_PROXY: '' })],
    [plain, null],
  );
  const excepted: [string, string, boolean][] = [
    ['https://a.b', 'a.b', true],
    ['https://x.a.b', 'a.b', true],
    ['https://x.a.b', '.a.b', true],
    ['https://x.a.b', '*.a.b', true],
    ['https://xa.b', 'a.b', false],
    ['https://a.b', 'c, A.B  d', true],
    ['https://a.b', '*', true],
    ['https://a.b', 'a.b:443', true],
    ['https://a.b:8443', 'a.b:443', false],
    ['http://127.0.0.1:5', '127.0.0.1', true],
    ['http://[::1]:5', '::1', true],
    ['http://[::1]:5', '[::1]:5', true],
    ['https://a.b', ',', false],
  ];
  for (const [url, list, isDirect] of excepted) {
    assert.equal(to(url, { ALL_PROXY: plain, NO_PROXY: list }), isDirect ? null : plain, `${url} ${list}`);
  }
  assert.throws(
    () => to('https://a', { all_proxy: 'socks5://me:secret@host:1080' }),
    (error) => {
      return hasCode(error, 'proxyUnsupported') && error.data.proxy === 'socks5://host:1080';
    },
  );
});
