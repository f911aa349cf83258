import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { rememberGpu } from '../../test/support/gpuRuns.js';
import { useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { sentences, writeClassifier } from '../../test/support/tinyModels.js';
import { EXPLANATION_METHODS } from '../protocol/explanation.js';
import { Explainer } from './explainer.js';

const skip = useSoftwareVulkan();
const folder = mkdtempSync(join(tmpdir(), 'explainer-'));
after(() => rmSync(folder, { recursive: true }));
before(() => rememberGpu(join(folder, 'cache')));
const TEXTS = sentences(5, 4).map(({ text }) => text);

for (const family of ['distilbert', 'bert'] as const) {
  test(`a GPU classifies and explains with a ${family} as the CPU does`, { skip }, async () => {
    const model = join(folder, family);
    await writeClassifier(model, family);
    const on = async (device: string) => {
      const explainer = await Explainer.load(model, { device });
      const logits = await explainer.classifier.logits(TEXTS);
      const weights: number[][] = [];
      for (const method of EXPLANATION_METHODS) {
        const { explanation } = await explainer.explain(TEXTS[0] as string, { method, steps: 4 });
        weights.push(explanation.words.map(({ weight }) => weight ?? 0));
      }
      await explainer.dispose();
      return [...logits.map((row) => [...row]), ...weights];
    };
    const [gpu, cpu] = [await on('webgpu'), await on('cpu')];
    assert.equal(cpu.length, TEXTS.length + EXPLANATION_METHODS.length);
    cpu.forEach((row, i) => {
      assert.equal(gpu[i]?.length, row.length);
      row.forEach((x, j) => {
        assert.ok(Math.abs((gpu[i]?.[j] as number) - x) < 1e-5 * Math.max(1, Math.abs(x)), `${gpu[i]?.[j]}, not ${x}`);
      });
    });
  });
}
