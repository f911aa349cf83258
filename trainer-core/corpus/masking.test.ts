import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PaddedBatch, padBatch } from './batches.js';
import { IGNORED_LABEL, type MaskingOptions, maskBatch, maskEach, maskingWeights, weightedOrder } from './masking.js';
import { Random } from './random.js';

const V = 200;
const [PAD, UNK, CLS, SEP, MASK] = [0, 1, 2, 3, 4];
const SPECIAL = [PAD, UNK, CLS, SEP, MASK];
const stream = Random.fromSeed(7);

/** 8 sequences of 20 to 40 ids, [UNK] among them; about half the ids begin a word. */
function someBatch(random: Random): PaddedBatch {
  const sequences = Array.from({ length: 8 }, () => {
    const inner = Array.from({ length: 18 + random.below(21) }, () =>
      random.below(20) === 0 ? UNK : 5 + random.below(V - 5),
    );
    return [CLS, ...inner, SEP];
  });
  const starts = sequences.map((ids) =>
    ids.map((id, k) => (k < 2 || SPECIAL.includes(id) || random.below(2) === 0 ? 1 : 0)),
  );
  // What follows [UNK] begins a word of its own, for WordPiece makes a whole word unknown.
  sequences.forEach((ids, row) => {
    ids.forEach((id, k) => {
      if (id === UNK) starts[row]![k + 1] = 1;
    });
  });
  const source = { at: (i: number) => sequences[i]!, wordStarts: (i: number) => starts[i]! };
  return padBatch(source, [0, 1, 2, 3, 4, 5, 6, 7], PAD);
}

const BATCH = someBatch(stream.fork('batch'));
const TOTAL = BATCH.lengths.reduce((sum, length) => sum + length, 0);
const COUNTS = Array.from({ length: V }, (_, id) => (id % 10 === 0 ? 0 : id * id));

const options: MaskingOptions = {
  mlmMaskProp: 0.15,
  wordMask: 0.8,
  wordKeep: 0.1,
  wholeWordMasking: false,
  maskId: MASK,
  vocabularySize: V,
  weights: maskingWeights(COUNTS, 0.7, SPECIAL),
};

test('weights are max(count, 1)^-smoothing, and 0 for special tokens', () => {
  const weights = maskingWeights([9, 9, 9, 0, 1, 1000], 0.7, [0, 2]);
  assert.deepEqual([weights[0], weights[2], weights[3], weights[4]], [0, 0, 1, 1]);
  assert.ok(Math.abs(weights[5]! - 0.007943282347242814) < 1e-15);
  assert.deepEqual([...maskingWeights([0, 5, 50], 0, [])], [1, 1, 1]);
});

for (const wholeWordMasking of [false, true]) {
  test(`wholeWordMasking ${wholeWordMasking}: the right number, never a special token, labels only there`, () => {
    const wanted = Math.ceil(0.15 * TOTAL);
    for (let step = 0; step < 200; step++) {
      const { inputIds, labels, positions } = maskBatch(BATCH, { ...options, wholeWordMasking }, stream.fork(step));
      assert.equal(positions.length, wanted);
      assert.deepEqual(
        [...positions],
        [...new Set(positions)].sort((a, b) => a - b),
      );
      const chosen = new Set(positions);
      BATCH.ids.forEach((id, place) => {
        assert.equal(labels[place], chosen.has(place) ? id : IGNORED_LABEL);
        if (!chosen.has(place)) assert.equal(inputIds[place], id);
        else assert.ok(!SPECIAL.includes(id), `special token ${id}`);
      });
    }
  });

  test(`wholeWordMasking ${wholeWordMasking}: depends on the stream alone, and changes with it`, () => {
    const mask = (step: number) =>
      maskBatch(BATCH, { ...options, wholeWordMasking }, Random.fromSeed(1).fork('masks', 0, step));
    assert.deepEqual(mask(3), mask(3));
    assert.notDeepEqual(mask(3).positions, mask(4).positions);
  });
}

test('whole words: all pieces of a word or none', () => {
  for (let step = 0; step < 200; step++) {
    const { labels } = maskBatch(BATCH, { ...options, wholeWordMasking: true }, stream.fork('whole', step));
    for (let place = 1; place < labels.length; place++) {
      const inWord = place % BATCH.sequenceLength < BATCH.lengths[Math.floor(place / BATCH.sequenceLength)]!;
      if (inWord && BATCH.wordStarts[place] === 0) {
        assert.equal(labels[place] === IGNORED_LABEL, labels[place - 1] === IGNORED_LABEL, `place ${place}`);
      }
    }
  }
});

test('of the pieces 80 % become [MASK], 10 % stay, 10 % become any id', () => {
  const seen = { masked: 0, kept: 0, random: 0 };
  const randomIds = new Array<number>(V).fill(0);
  for (let step = 0; step < 2000; step++) {
    const { inputIds, positions } = maskBatch(BATCH, options, stream.fork('fate', step));
    for (const place of positions) {
      if (inputIds[place] === MASK) seen.masked += 1;
      else if (inputIds[place] === BATCH.ids[place]) seen.kept += 1;
      else {
        seen.random += 1;
        randomIds[inputIds[place]!]! += 1;
      }
    }
  }
  const n = seen.masked + seen.kept + seen.random;
  // A random id is [MASK] or the id itself once in V times each.
  const expected = { masked: 0.8 + 0.1 / V, kept: 0.1 + 0.1 / V, random: 0.1 - 0.2 / V };
  for (const fate of ['masked', 'kept', 'random'] as const) {
    const p = expected[fate];
    assert.ok(Math.abs(seen[fate] - n * p) < 5 * Math.sqrt(n * p * (1 - p)), `${fate}: ${seen[fate] / n}`);
  }
  // All ids come up, special ones too, as `random_(vocab_size)` draws them; only [MASK] counts as masked above.
  assert.deepEqual(
    randomIds.flatMap((times, id) => (times === 0 ? [id] : [])),
    [MASK],
  );
});

/** The chance that each of `weights` is among the first `n` drawn one after another without replacement, worked out exactly. */
function inclusion(weights: readonly number[], n: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const chances = weights.map(() => 0);
  if (n === 0 || total === 0) return chances;
  weights.forEach((weight, first) => {
    const rest = inclusion(
      weights.map((other, i) => (i === first ? 0 : other)),
      n - 1,
    );
    rest.forEach((chance, i) => {
      chances[i]! += (weight / total) * (i === first ? 1 : chance);
    });
  });
  return chances;
}

test('the draw is that of successive draws without replacement', () => {
  const weights = [1, 0.5, 0.1, 3, 0, 1.5];
  const trials = 40_000;
  for (const n of [1, 2, 3]) {
    const expected = inclusion(weights, n);
    const seen = weights.map(() => 0);
    for (let trial = 0; trial < trials; trial++) {
      for (const i of weightedOrder(Float64Array.from(weights), stream.fork('order', n, trial)).subarray(0, n))
        seen[i]! += 1;
    }
    seen.forEach((count, i) => {
      const p = expected[i]!;
      const deviation = Math.sqrt(trials * p * (1 - p));
      assert.ok(
        Math.abs(count - trials * p) <= 5 * deviation,
        `n ${n}, weight ${weights[i]}: ${count / trials}, not ${p}`,
      );
    });
  }
});

test('pieces are chosen in proportion to their smoothed counts', () => {
  // Two kinds of ids, equally many in the batch: counts 1 and 1000. One piece is drawn, so the odds are 1000^0.7 to 1.
  const ids = [CLS, ...Array.from({ length: 10 }, (_, k) => (k % 2 === 0 ? 10 : 11)), SEP];
  const source = { at: () => ids, wordStarts: () => ids.map(() => 1) };
  const batch = padBatch(source, [0], PAD);
  const counts = new Array<number>(V).fill(1);
  counts[11] = 1000;
  const weights = maskingWeights(counts, 0.35, SPECIAL);
  const trials = 20_000;
  for (const wholeWordMasking of [false, true]) {
    let rare = 0;
    for (let trial = 0; trial < trials; trial++) {
      const random = stream.fork('smooth', String(wholeWordMasking), trial);
      const { positions, labels } = maskBatch(
        batch,
        { ...options, weights, wholeWordMasking, mlmMaskProp: 0.05 },
        random,
      );
      assert.equal(positions.length, 1);
      if (labels[positions[0]!] === 10) rare += 1;
    }
    const p = 1000 ** 0.35 / (1000 ** 0.35 + 1);
    assert.ok(Math.abs(rare - trials * p) < 5 * Math.sqrt(trials * p * (1 - p)), `${rare / trials}, not ${p}`);
  }
});

test('a long word is no likelier than a short one', () => {
  const ids = [CLS, 10, 10, 10, 10, 10, SEP];
  const batch = padBatch({ at: () => ids, wordStarts: () => [1, 1, 1, 0, 0, 0, 1] }, [0], PAD);
  const whole = { ...options, wholeWordMasking: true, mlmMaskProp: 0.1 };
  const trials = 10_000;
  let short = 0;
  for (let trial = 0; trial < trials; trial++) {
    if (maskBatch(batch, whole, stream.fork('even', trial)).positions[0] === 1) short += 1;
  }
  // The long word comes first in half of the draws, and is then taken although it is larger than the budget.
  assert.ok(Math.abs(short - trials / 2) < 5 * Math.sqrt(trials / 4), `${short / trials}`);
});

test('with fewer pieces than asked for all are taken; a word larger than the budget is still one', () => {
  const ids = [CLS, 10, UNK, 12, SEP];
  const batch = padBatch({ at: () => ids, wordStarts: () => [1, 1, 1, 1, 1] }, [0], PAD);
  assert.deepEqual([...maskBatch(batch, { ...options, mlmMaskProp: 1 }, stream).positions], [1, 3]);
  const oneWord = padBatch({ at: () => [CLS, 11, 12, 13, SEP], wordStarts: () => [1, 1, 0, 0, 1] }, [0], PAD);
  const whole = { ...options, wholeWordMasking: true };
  assert.deepEqual([...maskBatch(oneWord, whole, stream).positions], [1, 2, 3]);
});

for (const wholeWordMasking of [false, true]) {
  test(`wholeWordMasking ${wholeWordMasking}: what is hidden of a sequence by itself does not depend on its company`, () => {
    const { sequenceLength, lengths } = BATCH;
    const randomOf = (b: number) => stream.fork('each', b);
    const settings = { ...options, wholeWordMasking };
    const { inputIds, labels, positions } = maskEach(BATCH, settings, randomOf);
    const counts = Array.from(lengths, () => 0);
    for (const position of positions) counts[Math.floor(position / sequenceLength)]! += 1;
    assert.deepEqual(positions, positions.slice().sort());
    lengths.forEach((length, b) => {
      const start = b * sequenceLength;
      const alone = {
        batchSize: 1,
        sequenceLength: length,
        ids: BATCH.ids.slice(start, start + length),
        wordStarts: BATCH.wordStarts.slice(start, start + length),
        lengths: Int32Array.of(length),
      };
      const expected = maskBatch(alone, settings, randomOf(b));
      assert.deepEqual(inputIds.slice(start, start + length), expected.inputIds);
      assert.deepEqual(labels.slice(start, start + length), expected.labels);
      assert.deepEqual(
        inputIds.slice(start + length, start + sequenceLength),
        BATCH.ids.slice(start + length, start + sequenceLength),
      );
      assert.equal(counts[b], expected.positions.length);
      assert.equal(counts[b], Math.ceil(0.15 * length));
    });
  });
}
