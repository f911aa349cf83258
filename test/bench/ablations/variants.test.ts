import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { distillConfig } from '../../../trainer-core/protocol/distillConfig.js';
import { MAX_LENGTH, settingsOf, VARIANTS, variantOf } from './variants.js';

const whole = (settings: object) => distillConfig.parse({ teacher: 't', corpus: ['c'], ...settings });
const PRESETS = fileURLToPath(new URL('../../../../media/presets/', import.meta.url));

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
    if (of === null || settings === null || name === 'recommended') continue;
    const [own, base] = [whole(settingsOf(name)!), whole(settingsOf(of)!)] as unknown as Record<string, unknown>[];
    const changed = Object.keys(own!).filter((key) => JSON.stringify(own![key]) !== JSON.stringify(base![key]));
    assert.deepEqual(changed, Object.keys(settings), name);
    assert.ok(changed.length === 1 || (changed.length === 0 && budget !== undefined), name);
  }
});

/** Settings by their keys, as JSON, without sizes and those that change nothing of what is learned. */
function learned(settings: object): Record<string, string> {
  const sizes = ['student', 'maxSeqLength', 'batchSize', 'gradientAccumulationSteps', 'numEpochs', 'seed'];
  // The range is the teacher's own and the precision the CPU's; the ablations have a validation of their own.
  const others = ['initializerRange', 'precision', 'validationSequences', 'evaluationSteps'];
  const entries = Object.entries(whole(settings)).filter(([key]) => ![...sizes, ...others].includes(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, JSON.stringify(value)]));
}

for (const name of ['published', 'recommended']) {
  test(`\`${name}\` is the ${name} preset but for sizes`, () => {
    const preset = JSON.parse(readFileSync(`${PRESETS}${name}.distill.json`, 'utf8')) as object;
    assert.deepEqual(learned(settingsOf(name)!), learned(preset));
  });
}

test('a variant that is not there is named, with those that are', () => {
  assert.throws(() => variantOf('hiden'), /No variant hiden\. There are: teacher, published, copied, /);
});
