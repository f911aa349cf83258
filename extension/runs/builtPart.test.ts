import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it, mock } from 'node:test';
import { loggedStages } from '../../trainer-core/training/loggedStages.js';
import { builtPart } from './builtPart.js';

it('reads what the trainer logs', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'built-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mock.timers.enable({ apis: ['Date'], now: 0 });
  t.after(() => mock.timers.reset());
  const log = await loggedStages(folder, 'the corpus is being built');
  mock.timers.tick(20_000);
  log.onStage({ phase: 'building', done: 27_500, total: 100_000, unit: 'bytes', file: '/d/日本 (1).xml' });
  await log.end();
  const text = readFileSync(path.join(folder, 'trainer.log'), 'utf8');
  assert.equal(builtPart(text), 27);
  assert.equal(builtPart(`${text}2026-11-24T00:00:00Z resumed\n`), undefined);
  assert.equal(builtPart(''), undefined);
});
