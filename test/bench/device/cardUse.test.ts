import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nvidiaCards } from '../../../trainer-core/runtime/graphicsCards.js';
import { cardUse, withCardUse } from './cardUse.js';
import { publishedPeak } from './publishedPeaks.js';

const samples = (...lines: string[]) => nvidiaCards(lines.map((line) => `NVIDIA H200, ${line}`).join('\n'));

test("a card's peak is what was added to the first sample; load is the mean of the samples in which it worked", () => {
  const use = cardUse(samples('512, 143771, 0', '4608, 143771, 90', '2048, 143771, 70'));
  assert.deepEqual(use, { peakMiB: 4096, busyPercent: 80 });
  assert.deepEqual(cardUse(samples('512, 143771, [N/A]', '600, 143771, [N/A]')), { peakMiB: 88, busyPercent: null });
  assert.equal(cardUse([]), null);
});

test('a card is read before the work and while it goes; without a card there is no use', async () => {
  let megabytes = 100;
  const read = async () => samples(`${megabytes}, 1000, 50`);
  const work = async () => {
    megabytes = 300;
    await new Promise((resolve) => setTimeout(resolve, 600));
    return 'done';
  };
  assert.deepEqual(await withCardUse(work, read), { result: 'done', use: { peakMiB: 200, busyPercent: 50 } });
  assert.deepEqual(
    await withCardUse(
      async () => 7,
      async () => [],
    ),
    { result: 7, use: null },
  );
});

test('cards are known by the name that the driver gives them', () => {
  assert.equal(publishedPeak('NVIDIA H200')?.tflops.half, 989.4);
  assert.equal(publishedPeak('NVIDIA A100-SXM4-80GB')?.card, 'NVIDIA A100 80 GB');
  assert.equal(publishedPeak('SwiftShader Device (LLVM 16.0.0)'), null);
});
