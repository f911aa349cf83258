/** One HTTP request through a proxy (RFC 9110, section 9.3.6), with the answer that fetch would give: Node's own fetch before version 24 knows no proxies. */
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { connect as tlsConnect } from 'node:tls';

/** Answers that have no body, and of which Response takes none. */
const BODILESS = [204, 205, 304];

/**
 * Asks for `url` through `proxy`: by a tunnel for https, else by handing it the whole address. Redirects are not followed.
 * Rejects as fetch does, with the network's own errors and an AbortError.
 */
export async function fetchThrough(proxy: URL, url: URL, init: RequestInit): Promise<Response> {
  const { method = 'GET', signal } = init;
  const headers: Record<string, string> = Object.fromEntries(new Headers(init.headers));
  const body = init.body == null ? null : new Response(init.body);
  const length = bodyLength(init.body);
  if (length !== null) headers['content-length'] = String(length);
  const type = body?.headers.get('content-type');
  if (type && headers['content-type'] === undefined) headers['content-type'] = type;
  const common: RequestOptions = { method, ...(signal ? { signal } : {}) };

  let sent: ClientRequest;
  if (url.protocol === 'https:') {
    const socket = await tunnel(proxy, url, common);
    const secure = () => tlsConnect({ socket, servername: url.hostname, ALPNProtocols: ['http/1.1'] });
    sent = httpsRequest(url, { ...common, headers, createConnection: secure });
  } else {
    const whole = { ...headers, host: url.host, ...authorization(proxy) };
    sent = requestTo(proxy, { ...common, path: url.href, headers: whole });
  }
  const answered = answerOf(sent);
  if (body?.body) pipeline(Readable.fromWeb(body.body as ReadableStream), sent).catch((error) => sent.destroy(error));
  else sent.end();
  return responseOf(await answered, url);
}

function requestTo({ protocol, hostname, port }: URL, options: RequestOptions): ClientRequest {
  const request = protocol === 'https:' ? httpsRequest : httpRequest;
  return request({ ...options, hostname: hostname.replace(/^\[|\]$/g, ''), ...(port === '' ? {} : { port }) });
}

/** A connection to the host of `url` that the proxy has opened. */
async function tunnel(proxy: URL, url: URL, common: RequestOptions): Promise<Socket> {
  const target = `${url.hostname}:${url.port || 443}`;
  const headers = { host: target, ...authorization(proxy) };
  const sent = requestTo(proxy, { ...common, method: 'CONNECT', path: target, headers });
  return await new Promise((resolve, reject) => {
    sent.once('error', reject);
    const refused = ({ statusCode }: IncomingMessage) =>
      reject(new Error(`the proxy ${proxy.host} answered ${statusCode}`));
    sent.once('response', (answer) => {
      refused(answer);
      answer.destroy();
    });
    sent.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket as Socket);
      refused(answer);
      socket.destroy();
    });
    sent.end();
  });
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject);
  });
}

function responseOf(message: IncomingMessage, url: URL): Response {
  const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = message;
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
  const isEmpty = BODILESS.includes(status);
  if (isEmpty) message.resume();
  const body = isEmpty ? null : (Readable.toWeb(message) as globalThis.ReadableStream);
  return Object.defineProperty(new Response(body, { status, statusText, headers }), 'url', { value: url.href });
}

function bodyLength(body: RequestInit['body']): number | null {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Blob ? body.size : null;
}
