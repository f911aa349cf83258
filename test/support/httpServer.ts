/** A real HTTP server on this machine whose answers a test decides. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** What was asked, in order. */
  requests: { path: string; headers: IncomingMessage['headers'] }[];
}

/** Starts a server for the time of a test. `answer` also gets the request's number, from 0. */
export async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse, n: number) => void,
): Promise<TestServer> {
  const requests: TestServer['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    answer(request, response, requests.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Answers with these bytes, or with the part that the request asks for, as a server that knows ranges does. */
export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  headers: Record<string, string> = {},
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === headers.etag;
  if (start === 0 || !isSame) {
    response.writeHead(200, { 'content-length': bytes.length, ...headers }).end(bytes);
  } else if (start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
  } else {
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { 'content-length': bytes.length - start, 'content-range': range, ...headers });
    response.end(bytes.subarray(start));
  }
}

/** Says that all of `bytes` comes, sends the first `count` of them and breaks the connection. */
export function sendBroken(
  response: ServerResponse,
  bytes: Buffer,
  count: number,
  headers: Record<string, string> = {},
) {
  response.writeHead(200, { 'content-length': bytes.length, ...headers });
  response.write(bytes.subarray(0, count), () => setTimeout(() => response.destroy(), 20));
}
