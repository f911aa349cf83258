/** A Hugging Face hub on this machine, as far as importing and uploading models ask it (huggingface.co/docs/hub/api): small files itself, large ones in a store with another address. */

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { sendBytes, serve, type TestServer } from './httpServer.js';

/** The files of one commit, by name. */
export type HubFiles = ReadonlyMap<string, Buffer>;

/** A model as the hub has it; `revisions` may be changed by a test at any time. */
export interface HubModel {
  revisions: Map<string, HubFiles>;
  private?: boolean;
  /** All may see it, but only who has the token gets its files. */
  gated?: boolean;
}

export interface TestHub {
  /** With `base`. */
  url: string;
  host: string;
  /** Asked of the hub, and of its store. */
  hub: TestServer;
  store: TestServer;
  models: Map<string, HubModel>;
  /** What was put into large-file storage, by SHA-256. */
  stored: Map<string, Buffer>;
}

export interface HubOptions {
  models?: Record<string, HubModel>;
  /** A path that the hub lies below. */
  base?: string;
  /** The token that counts, and what it may. */
  token?: string;
  role?: 'read' | 'write';
  /** Large files go into the store in parts of this size. */
  partBytes?: number;
  /** Answers instead of the hub or its store, when it gives true. */
  instead?(request: IncomingMessage, response: ServerResponse, at: 'hub' | 'store', body: Buffer): boolean;
}

/** A commit with these files. */
export function commitOf(files: HubFiles): string {
  const sum = createHash('sha1');
  for (const [name, bytes] of [...files].sort()) sum.update(`${name}\0`).update(bytes);
  return sum.digest('hex');
}

/** The name that the hub has for contents. */
export function hashOf(name: string, bytes: Buffer): string {
  if (isLarge(name)) return createHash('sha256').update(bytes).digest('hex');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function isLarge(name: string): boolean {
  return /\.(safetensors|bin)$/.test(name);
}

/** Starts hub and store for the time of a test. */
export async function serveHub(t: TestContext, options: HubOptions = {}): Promise<TestHub> {
  const { base = '', token, role = 'write', partBytes, instead = () => false } = options;
  const models = new Map(Object.entries(options.models ?? {}));
  const stored = new Map<string, Buffer>();
  const find = (hash: string) => {
    for (const { revisions } of models.values())
      for (const files of revisions.values())
        for (const [name, bytes] of files) if (hashOf(name, bytes) === hash) return bytes;
    return stored.get(hash);
  };
  const store = await serve(t, async (request, response) => {
    const body = await bodyOf(request);
    if (instead(request, response, 'store', body)) return;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://store');
    const hash = pathname.slice(1);
    const part = searchParams.get('part');
    if (part !== null) {
      stored.set(`${hash}/${part}`, body);
      return void response.writeHead(200, { etag: `"${part}"` }).end();
    }
    if (request.method === 'POST') {
      const { parts } = JSON.parse(body.toString()) as { parts: { partNumber: number; etag: string }[] };
      const all = parts.map(({ partNumber }) => stored.get(`${hash}/${partNumber}`) as Buffer);
      for (const { partNumber } of parts) stored.delete(`${hash}/${partNumber}`);
      stored.set(hash, Buffer.concat(all));
      return void response.writeHead(200).end();
    }
    if (request.method === 'PUT') {
      if (createHash('sha256').update(body).digest('hex') !== hash) return void response.writeHead(400).end();
      stored.set(hash, body);
      return void response.writeHead(200, { etag: '"part"' }).end();
    }
    const bytes = find(hash);
    if (bytes) sendBytes(request, response, bytes);
    else response.writeHead(404).end();
  });
  const hub = await serve(t, async (request, response) => {
    const body = await bodyOf(request);
    if (instead(request, response, 'hub', body)) return;
    const { pathname } = new URL(request.url ?? '', 'http://hub');
    const refuse = (status: number, code: string) =>
      response
        .writeHead(status, { 'x-error-code': code, 'content-type': 'application/json' })
        .end(`{"error":"${code}"}`);
    const send = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (!pathname.startsWith(`${base}/`)) return void refuse(404, 'NoHub');
    const [first, ...path] = pathname
      .slice(base.length + 1)
      .split('/')
      .map(decodeURIComponent) as [string, ...string[]];
    const isKnown = token !== undefined && request.headers.authorization === `Bearer ${token}`;
    const json = () => JSON.parse(body.toString()) as never;

    if (first === 'api' && path[0] === 'whoami-v2') {
      if (!isKnown) return void refuse(401, 'InvalidToken');
      const auth = {
        type: 'access_token',
        accessToken: { displayName: 'test', role, createdAt: '2026-01-01T00:00:00Z' },
      };
      return void send({ type: 'user', id: '1', name: 'me', fullname: 'Me', orgs: [], auth });
    }
    if (first === 'api' && path[0] === 'repos') {
      if (!isKnown || role === 'read') return void refuse(isKnown ? 403 : 401, 'Forbidden');
      const { name, organization, visibility } = json() as { name: string; organization: string; visibility?: string };
      const id = `${organization}/${name}`;
      if (organization === 'closed') return void refuse(403, 'Forbidden');
      if (models.has(id)) return void refuse(409, 'Conflict');
      models.set(id, { revisions: new Map([['main', new Map()]]), private: visibility === 'private' });
      return void send({ url: `http://hub/${id}`, id });
    }
    const [organization, name, what, revision = 'main', file = ''] = first === 'api' ? path.slice(1) : [first, ...path];
    const id = `${organization}/${name?.replace(/\.git$/, '')}`;
    const model = models.get(id);
    if (!model || (model.private && !isKnown)) return void refuse(isKnown ? 404 : 401, 'RepoNotFound');
    if (request.method === 'POST') {
      if (!isKnown || role === 'read') return void refuse(403, 'Forbidden');
      if (what === 'preupload') {
        const { files } = json() as { files: { path: string }[] };
        const modes = files.map((one) => ({ ...one, uploadMode: isLarge(one.path) ? 'lfs' : 'regular' }));
        return void send({ files: modes });
      }
      if (what === 'info') {
        const { objects } = json() as { objects: { oid: string; size: number }[] };
        const upload = (oid: string, size: number) => {
          const count = partBytes === undefined ? 0 : Math.ceil(size / partBytes);
          const parts = Array.from({ length: count }, (_, n) => [
            String(n + 1).padStart(5, '0'),
            `${store.url}/${oid}?part=${n + 1}`,
          ]);
          const header = count > 0 ? { header: { chunk_size: String(partBytes), ...Object.fromEntries(parts) } } : {};
          return { actions: { upload: { href: `${store.url}/${oid}?X-Signature=secret`, ...header } } };
        };
        const asked = objects.map((one) => ({ ...one, ...(find(one.oid) ? {} : upload(one.oid, one.size)) }));
        return void send({ transfer: 'basic', objects: asked });
      }
      if (what === 'commit') {
        const files = new Map(model.revisions.get(revision));
        for (const line of body.toString().split('\n')) {
          const { key, value } = JSON.parse(line) as { key: string; value: Record<'path' | 'content' | 'oid', string> };
          if (key === 'file') files.set(value.path, Buffer.from(value.content, 'base64'));
          if (key === 'lfsFile') files.set(value.path, find(value.oid) as Buffer);
        }
        model.revisions.set(revision, files);
        const commitOid = commitOf(files);
        return void send({
          success: true,
          commitOid,
          commitUrl: `http://hub/${id}/commit/${commitOid}`,
          hookOutput: '',
        });
      }
    }
    const files =
      model.revisions.get(revision === 'HEAD' ? 'main' : revision) ??
      [...model.revisions.values()].find((one) => commitOf(one) === revision);
    if (!files) return void refuse(404, 'RevisionNotFound');
    if (what === 'revision') return void send({ _id: '1', id, sha: commitOf(files), private: model.private ?? false });
    if (what === 'tree') return void send([...files].map(([path, bytes]) => entryOf(path, bytes)));
    if (what !== 'resolve') return void refuse(404, 'NotFound');
    const bytes = files.get(file);
    if (model.gated && !isKnown) return void refuse(401, 'GatedRepo');
    if (!bytes) return void refuse(404, 'EntryNotFound');
    const commit = { 'x-repo-commit': commitOf(files) };
    if (!isLarge(file))
      return void sendBytes(request, response, bytes, { ...commit, etag: `"${hashOf(file, bytes)}"` });
    const facts = { 'x-linked-etag': `"${hashOf(file, bytes)}"`, 'x-linked-size': String(bytes.length) };
    response.writeHead(302, { location: `${store.url}/${hashOf(file, bytes)}`, ...commit, ...facts }).end();
  });
  return { url: `${hub.url}${base}`, host: new URL(hub.url).host, hub, store, models, stored };
}

function entryOf(path: string, bytes: Buffer): Record<string, unknown> {
  const size = bytes.length;
  if (!isLarge(path)) return { type: 'file', path, size, oid: hashOf(path, bytes) };
  return { type: 'file', path, size, oid: '0'.repeat(40), lfs: { oid: hashOf(path, bytes), size, pointerSize: 134 } };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
