import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createMessageConnection, ErrorCodes, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { hasCode } from '../protocol/errors.js';
import { isOnThisMachine } from '../protocol/socketAddress.js';
import { openControlServer, type TrainerHandlers } from './controlServer.js';
import { isListening } from './controlSocket.js';

const handlers: TrainerHandlers = {
  stop: () => null,
  saveCheckpoint: async () => ({ globalStep: 3, folder: 'step-000003' }),
};
const unix = { skip: process.platform === 'win32' ? 'named pipes have no mode and no path' : false };
const mode = (file: string) => statSync(file).mode & 0o777;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'control-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function ask(address: string, method: string, params?: object): Promise<unknown> {
  const socket = createConnection(address);
  const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  connection.listen();
  try {
    return await (params === undefined ? connection.sendRequest(method) : connection.sendRequest(method, params));
  } finally {
    connection.dispose();
    socket.destroy();
  }
}

describe('the control server', () => {
  test('answers its methods, refuses others and wrong parameters, and goes on', async () => {
    const server = await openControlServer(folder, handlers);
    const code = (wanted: number) => (error: { code?: number }) => error.code === wanted;
    assert.equal(await ask(server.address, 'stop', {}), null);
    await assert.rejects(ask(server.address, 'delete', {}), code(ErrorCodes.MethodNotFound));
    await assert.rejects(ask(server.address, 'stop', { now: true }), code(ErrorCodes.InvalidParams));
    await assert.rejects(ask(server.address, 'stop'), code(ErrorCodes.InvalidParams));
    await assert.rejects(ask(server.address, 'stop', [{}, {}]), code(ErrorCodes.InvalidParams));
    assert.deepEqual(await ask(server.address, 'saveCheckpoint', {}), { globalStep: 3, folder: 'step-000003' });
    await server.close();
  });

  test('outlives those who write nonsense or hang up', async () => {
    const server = await openControlServer(folder, handlers);
    for (const nonsense of ['GET / HTTP/1.1\r\n\r\n', 'Content-Length: 3\r\n\r\n{{{', 'Content-Length: 9\r\n\r\n{']) {
      const socket = createConnection(server.address);
      await once(socket, 'connect');
      socket.end(nonsense);
      socket.resume();
      await once(socket, 'close');
    }
    assert.equal(await ask(server.address, 'stop', {}), null);
    await server.close();
  });

  test('does not wait for those who stay', async () => {
    const server = await openControlServer(folder, handlers);
    const socket = createConnection(server.address);
    await once(socket, 'connect');
    const left = once(socket, 'close');
    socket.resume();
    await server.close();
    await left;
    assert.ok(!(await isListening(server.address)));
  });

  test('lies in the folder for its owner alone, and is gone when closed', unix, async () => {
    const mask = process.umask(0);
    const server = await openControlServer(folder, handlers);
    assert.equal(process.umask(mask), 0, 'the mask is as before');
    assert.equal(server.address, path.join(folder, 'control.sock'));
    assert.equal(mode(server.address), 0o600);
    await server.close();
    assert.ok(!existsSync(server.address));
  });

  test('lies in a closed folder of its own where the path would be too long', unix, async () => {
    const deep = path.join(folder, 'あ'.repeat(40));
    mkdirSync(deep);
    const server = await openControlServer(deep, handlers);
    const own = path.dirname(server.address);
    assert.equal(path.dirname(own), tmpdir());
    assert.deepEqual([mode(own), mode(server.address)], [0o700, 0o600]);
    assert.equal(await ask(server.address, 'stop', {}), null);
    await server.close();
    assert.ok(!existsSync(own));
  });

  test('takes the place of a killed process, but not of a living one', unix, async () => {
    const address = path.join(folder, 'control.sock');
    const script = `require('node:net').createServer().listen(${JSON.stringify(address)}, () => console.log('listens'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await assert.rejects(openControlServer(folder, handlers), (error) => hasCode(error, 'runBusy'));
    assert.ok(await isListening(address));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(existsSync(address));
    const server = await openControlServer(folder, handlers);
    assert.equal(await ask(server.address, 'stop', {}), null);
    await server.close();
  });

  test('a port, or a pipe of another machine, is no socket of a run', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    assert.ok(!(await isListening(String(port))));
    other.close();
    const pipes = ['\\\\.\\pipe\\run', '\\\\?\\pipe\\run', '\\\\host\\pipe\\run', 'C:\\run'];
    assert.deepEqual(
      pipes.map((pipe) => isOnThisMachine(pipe, 'win32')),
      [true, true, false, false],
    );
  });
});
