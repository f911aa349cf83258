import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { INITIAL_LOSS_SCALE, type LossScale, nextLossScale } from './lossScale.js';

/** torch's `_amp_update_scale_` (ATen/native/cuda/AmpKernels.cu) with the defaults of torch.amp.GradScaler, on float32 and int32. */
class GradScaler {
  readonly scale = Float32Array.of(65536);
  readonly growthTracker = Int32Array.of(0);

  update(foundInf: boolean): void {
    const { scale, growthTracker } = this;
    if (foundInf) {
      scale[0]! *= 0.5;
      growthTracker[0] = 0;
    } else {
      const successful = growthTracker[0]! + 1;
      if (successful === 2000) {
        const grown = Math.fround(scale[0]! * 2);
        if (Number.isFinite(grown)) scale[0] = grown;
        growthTracker[0] = 0;
      } else growthTracker[0] = successful;
    }
  }
}

/** Goes the same way with both; gives where it ends. */
function follow(steps: Iterable<boolean>): LossScale {
  const reference = new GradScaler();
  let ours: LossScale = INITIAL_LOSS_SCALE;
  for (const good of steps) {
    reference.update(!good);
    ours = nextLossScale(ours, good);
    assert.deepEqual(ours, {
      scale: reference.scale[0],
      goodSteps: reference.growthTracker[0],
    });
  }
  return ours;
}

test('the scale moves as torch.amp.GradScaler moves it', () => {
  assert.equal(follow(new Array(2000).fill(true)).scale, 2 ** 17);
  assert.equal(follow([...new Array(1999).fill(true), false, ...new Array(1999).fill(true)]).scale, 2 ** 15);
  const random = Random.fromSeed(5);
  for (const rarity of [300, 1000, 4000]) {
    follow(Array.from({ length: 20_000 }, () => random.below(rarity) > 0));
  }
});

test('it halves to any power of two, and grows up to 2^40', () => {
  assert.equal(follow(new Array(40).fill(false)).scale, 2 ** -24);
  let ours = follow(new Array(2000 * 24).fill(true));
  assert.equal(ours.scale, 2 ** 40);
  for (let i = 0; i < 4500; i++) ours = nextLossScale(ours, true);
  assert.deepEqual(ours, { scale: 2 ** 40, goodSteps: 500 });
});
