import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { distillConfig } from '../../../trainer-core/protocol/distillConfig.js';
import { MAX_LENGTH, settingsOf, VARIANTS, variantOf } from './variants.js';

const whole = (settings: object) => distillConfig.parse({ teacher: 't', corpus: ['c'], ...settings });
const PRESET = fileURLToPath(new URL('../../../../media/presets/published.distill.json', import.meta.url));

test('each variant is a config, of a name of its own, and comes after what it is compared with', () => {
  const names = VARIANTS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, of } of VARIANTS) {
    const settings = settingsOf(name);
    if (settings) assert.equal(whole(settings).maxSeqLength, MAX_LENGTH);
    if (of !== null) assert.ok(names.indexOf(of) < names.indexOf(name), name);
  }
});

test('a variant differs from what it is compared with in the one setting that it names', () => {
  for (const { name, of, settings, budget } of VARIANTS) {
    if (of === null || settings === null) continue;
    const [own, base] = [whole(settingsOf(name)!), whole(settingsOf(of)!)] as unknown as Record<string, unknown>[];
    const changed = Object.keys(own!).filter((key) => JSON.stringify(own![key]) !== JSON.stringify(base![key]));
    assert.deepEqual(changed, Object.keys(settings), name);
    assert.ok(changed.length === 1 || (changed.length === 0 && budget !== undefined), name);
  }
});

test('`published` is the published preset but for sizes', () => {
  const preset = whole(JSON.parse(readFileSync(PRESET, 'utf8'))) as unknown as Record<string, unknown>;
  const own = whole(settingsOf('published')!) as unknown as Record<string, unknown>;
  const differing = Object.keys(own).filter((key) => JSON.stringify(own[key]) !== JSON.stringify(preset[key]));
  const sizes = ['student', 'maxSeqLength', 'batchSize', 'gradientAccumulationSteps'];
  // The preset spells out what is the teacher's and the CPU's anyway.
  assert.deepEqual(
    differing.sort(),
    [...sizes, 'initializerRange', 'precision', 'numEpochs', 'seed'].filter((key) => differing.includes(key)).sort(),
  );
  for (const key of sizes) assert.ok(differing.includes(key), key);
});

test('a variant that is not there is named, with those that are', () => {
  assert.throws(() => variantOf('hiden'), /No variant hiden\. There are: teacher, published, copied, /);
});
