import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf } from './bounds.js';
import { profileOf } from './kernels.js';
import { type CaseReport, type Contestant, type DeviceReport, type Peaks, ratiosOf, standing } from './report.js';
import { reportTable } from './table.js';

const OURS: Contestant = { name: 'ours fp16', side: 'ours', arithmetic: 'fp16' };
const TORCH: Contestant = { name: 'torch tf32 sdpa', side: 'torch', arithmetic: 'tf32' };
const PEAKS: Peaks = {
  measured: { 'ours fp16': 400 },
  published: { card: 'A card', tflops: { fp32: 50, tf32: 250, half: 1000 }, memoryGBs: 4000, source: 'its data sheet' },
};
const timing = (step_s: number, peakMiB: number | null = null) => {
  const card = peakMiB === null ? null : { peakMiB, busyPercent: 80 };
  return { step_s, work: 10e12, peak_rss_MiB: 500, card };
};

test('a standing is the medians of its rounds, as shares of its own measured and of the published peak', () => {
  const ours = standing(OURS, [timing(0.3, 900), timing(0.1, 1000), timing(0.2, 1100)], 32, PEAKS);
  assert.deepEqual(ours, {
    ...OURS,
    step_s: 0.2,
    rounds_s: [0.3, 0.1, 0.2],
    steps_per_s: 5,
    sequences_per_s: 160,
    tflops: 50,
    of_measured_peak: 50 / 400,
    of_published_peak: 50 / 1000,
    peak_rss_MiB: 500,
    card_MiB: 1000,
    card_busy_percent: 80,
  });
});

test('what was not measured is null: a peak, a card', () => {
  const torch = standing(TORCH, [timing(0.1)], 32, PEAKS);
  assert.equal(torch.of_measured_peak, null);
  assert.equal(torch.of_published_peak, 100 / 250);
  assert.equal(torch.card_MiB, null);
  assert.equal(standing(TORCH, [timing(0.1)], 32, { measured: {}, published: null }).of_published_peak, null);
});

test('a ratio below 1 says that ours is faster', () => {
  const standings = [standing(OURS, [timing(0.2)], 32, PEAKS), standing(TORCH, [timing(0.1)], 32, PEAKS)];
  assert.deepEqual(ratiosOf(standings), { 'ours fp16 / torch tf32 sdpa': 2 });
});

test('the table has a line for each contestant, what bounds ours, and who failed', () => {
  const standings = [standing(OURS, [timing(0.2, 2048)], 32, PEAKS), standing(TORCH, [timing(0.1)], 32, PEAKS)];
  const profile = profileOf([[{ cat: 'Api', name: '&Gemm&Gemm', dur: 50_000 }]]);
  const finetune: CaseReport = {
    mode: 'finetune',
    batch: 32,
    seq: 128,
    standings,
    ratios: ratiosOf(standings),
    profiles: { 'ours fp16': { ...profile, bounds: boundsOf(200, profile, 10) } },
    failures: { 'ours fp32': 'ended with SIGABRT' },
  };
  const report: DeviceReport = {
    device: 'webgpu',
    machine: { card: 'A card', processor: null },
    settings: {},
    probes: { 'ours fp16': { size: 4096, tflops: 400, trafficGBs: 3000, usPerDispatch: 10 } },
    peaks: PEAKS,
    cases: [finetune],
  };
  assert.equal(
    reportTable(report, 'npm run bench'),
    `Device: webgpu; card A card.

\`\`\`
npm run bench
\`\`\`

A large square product by itself: ours fp16 400 TFLOP/s.

ours fp16: additions of 4096 × 4096 move 3,000 GB/s, an empty dispatch takes 10 us.

Published peaks of A card: fp32 50, TF32 250, half precision 1000 TFLOP/s (dense), 4000 GB/s (its data sheet).

| Step | Side | s a step | steps/s | TFLOP/s | of own product | of published | RSS, MiB | card, MiB | time ours / it |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|
| finetune 32×128 | ours fp16 | 0.2 | 5 | 50 | 13 % | 5 % | 500 | 2,048 |  |
| finetune 32×128 | torch tf32 sdpa | 0.1 | 10 | 100 |  | 40 % | 500 |  | 2 (fp16) |

finetune 32×128, ours fp16: Bound by dispatch and host: matrix kernels 25 %, other kernels 0 %, no kernel 75 % of 200 ms; 1 dispatches, which alone at 10 us each take 0.01 ms. Kernels of a step, by the GPU's clock; the host records for 0 ms: Gemm 100 % (1 times, 50 ms).

finetune 32×128, ours fp32: failed: ended with SIGABRT`,
  );
});
