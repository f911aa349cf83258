import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { hasCode } from '../protocol/errors.js';
import { LOCK_FILE, lockFolder } from './buildLock.js';

const folder = mkdtempSync(join(tmpdir(), 'buildLock-'));
after(() => rmSync(folder, { recursive: true }));

/** No process has this id: Linux's largest is 2^22. */
const DEAD = 2 ** 22 + 1;

/** Takes the folder as soon as there is a file `go`, says `in`, and says `both` when another process is in as well. */
const program = join(folder, 'program.mjs');
writeFileSync(
  program,
  `import { existsSync, rmSync, writeFileSync } from 'node:fs';
  import { lockFolder } from ${JSON.stringify(new URL('buildLock.js', import.meta.url).href)};
  const folder = process.argv[2];
  process.stdout.write('ready ');
  while (!existsSync(folder + '/../go'));
  try {
    const unlock = await lockFolder(folder);
    try { writeFileSync(folder + '/inside', '', { flag: 'wx' }); } catch { process.stdout.write('both '); }
    process.stdout.write('in ');
    await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(folder + '/inside', { force: true });
    await unlock();
  } catch (error) {
    process.stdout.write(error.code + ' ');
  }`,
);

test('a lock of this process, and of one that lives, is refused; released, it is free', async () => {
  const own = mkdtempSync(join(folder, 'own-'));
  const busy = (pid: number) => (error: unknown) => hasCode(error, 'corpusBusy') && error.data.pid === pid;
  const unlock = await lockFolder(own);
  await assert.rejects(lockFolder(own), busy(process.pid));
  await unlock();
  writeFileSync(join(own, LOCK_FILE), `${process.ppid} 0123456789ab`);
  await assert.rejects(lockFolder(own), busy(process.ppid));
  assert.deepEqual(readdirSync(own), [LOCK_FILE]);
});

test('a lock of a process that is gone is taken over, also half-written and half cleared away', async () => {
  const left = mkdtempSync(join(folder, 'left-'));
  for (const text of [`${DEAD} 0123456789ab`, '', 'nonsense', `${process.pid} 0123456789ab`]) {
    writeFileSync(join(left, LOCK_FILE), text);
    writeFileSync(join(left, `.${LOCK_FILE}-0123456789ab`), `${DEAD} ba9876543210`);
    const unlock = await lockFolder(left);
    assert.ok(readFileSync(join(left, LOCK_FILE), 'utf8').startsWith(`${process.pid} `));
    await unlock();
    assert.equal(existsSync(join(left, LOCK_FILE)), false);
  }
});

test('of processes that take over a dead lock at the same moment never two have it', async () => {
  for (let round = 0; round < 3; round++) {
    const place = mkdtempSync(join(folder, 'race-'));
    const locked = join(place, 'locked');
    const children = [];
    mkdirSync(locked);
    writeFileSync(join(locked, LOCK_FILE), `${DEAD} 0123456789ab`);
    for (let i = 0; i < 4; i++) {
      const child = spawn(process.execPath, [program, locked], { stdio: ['ignore', 'pipe', 'inherit'] });
      const output: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
      children.push({ output, ended: once(child, 'exit') });
    }
    while (!children.every(({ output }) => output.length > 0)) await setTimeout(10);
    writeFileSync(join(place, 'go'), '');
    await Promise.all(children.map(({ ended }) => ended));
    const said = children.map(({ output }) => output.join(''));
    assert.ok(
      said.some((text) => text.includes('in')),
      said.join(' | '),
    );
    assert.ok(!said.some((text) => text.includes('both')), said.join(' | '));
  }
});
