import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testTerminal } from '../../test/support/testTerminal.js';
import { writeFinetuning } from '../../test/support/tinyModels.js';
import { wordsFor } from '../messages/format.js';
import { TrainerError } from '../protocol/errors.js';
import type { Objective } from '../protocol/events.js';
import { configOptions } from './configOptions.js';
import { checkCosts, showEstimate } from './costs.js';
import { PLANS } from './plans.js';

const folder = mkdtempSync(join(tmpdir(), 'costs-'));
after(() => rmSync(folder, { recursive: true }));

test('a run that needs more memory than there is is refused, after its figures have been shown', async () => {
  const terminal = testTerminal();
  const context = { ...terminal, json: false, language: 'en' as const };
  const file = await writeFinetuning(folder);
  const planned = await PLANS.finetune.load(file, [], { command: 'finetune', signal: terminal.signal });
  const mebibyte = 2 ** 20;
  const figures = await showEstimate(context, planned, mebibyte);
  assert.match(terminal.stdout.text, /memory free +1\.0 MiB/);
  await assert.rejects(checkCosts(figures, folder), {
    code: 'costTooHigh',
    data: {
      what: 'memory',
      objective: 'finetune',
      folder,
      neededBytes: figures.memoryBytes,
      availableBytes: mebibyte,
    },
  });
  await checkCosts({ ...figures, availableBytes: figures.memoryBytes, diskBytes: 0 }, folder);
  await checkCosts({ ...figures, availableBytes: null, diskBytes: 0 }, folder);
});

test('what is to be done about it names settings that the objective has, in both languages', () => {
  for (const objective of Object.keys(PLANS) as Objective[]) {
    const known = Object.keys(configOptions(PLANS[objective].schema));
    for (const what of ['memory', 'disk'] as const) {
      const error = new TrainerError('costTooHigh', { what, objective, folder, neededBytes: 2, availableBytes: 1 });
      for (const language of ['en', 'ja'] as const) {
        const { action } = wordsFor(error, language);
        const named = action.match(/[a-z]+(?:[A-Z][a-z]*)+|(?:student|model)\.[a-z]+/g) ?? [];
        assert.ok(named.length > 0, action);
        for (const setting of named) assert.ok(known.includes(setting), `${objective} has no ${setting}`);
        if (objective !== 'distill') assert.doesNotMatch(action, /student|生徒/);
      }
    }
  }
});
