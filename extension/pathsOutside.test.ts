import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { pathsOutside } from './pathsOutside.js';

it('tells what lies outside, also behind a link and behind names that only begin alike', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'paths-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const at = (...names: string[]) => path.join(folder, ...names);
  for (const name of ['work', 'work-2', 'secret']) mkdirSync(at(name));
  symlinkSync(at('secret'), at('work', 'link'));
  const inside = [at('work'), at('work', 'new', 'file.txt'), at('work', '..odd')];
  const outside = [at('work-2', 'a.txt'), at('work', 'link', 'a.txt'), at('work', '..', 'secret'), at('nowhere')];
  assert.deepEqual(await pathsOutside([...inside, ...outside], [at('work')]), outside);
  assert.deepEqual(await pathsOutside(outside, [folder]), []);
});
