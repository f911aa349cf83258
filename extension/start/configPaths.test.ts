import assert from 'node:assert/strict';
import { it } from 'node:test';
import { distillConfig } from '../../trainer-core/protocol/distillConfig.js';
import { finetuneConfig } from '../../trainer-core/protocol/finetuneConfig.js';
import { pretrainConfig } from '../../trainer-core/protocol/pretrainConfig.js';
import { configPaths } from './configPaths.js';

it('finds every path of a config, and nothing else', () => {
  const distill = distillConfig.parse({ teacher: 't', student: '../s', corpus: ['a.txt', '/b'] });
  assert.deepEqual(configPaths(distillConfig, distill, '/w/c'), ['/w/c/t', '/w/s', '/w/c/a.txt', '/b']);
  const shaped = distillConfig.parse({ teacher: 't', student: { layers: 2 }, corpus: ['a.txt'] });
  assert.deepEqual(configPaths(distillConfig, shaped, '/w'), ['/w/t', '/w/a.txt']);
  const finetune = finetuneConfig.parse({ model: 'm', train: 'x.tsv', dev: 'y.tsv' });
  assert.deepEqual(configPaths(finetuneConfig, finetune, '/w'), ['/w/m', '/w/x.tsv', '/w/y.tsv']);
  const pretrain = pretrainConfig.parse({ vocab: 'v.txt', corpus: ['a'], model: { layers: 1 } });
  assert.deepEqual(configPaths(pretrainConfig, pretrain, '/w'), ['/w/v.txt', '/w/a']);
});
