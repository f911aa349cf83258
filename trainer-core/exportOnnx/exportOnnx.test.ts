import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as ort from 'onnxruntime-node';
import { classifierWeights, sentences, writeClassifier, writeLanguageModel } from '../../test/support/tinyModels.js';
import { Classifier } from '../classify/classifier.js';
import { encoderFeeds } from '../classify/encoderFeeds.js';
import { Random } from '../corpus/random.js';
import { readTextLines } from '../corpus/textLines.js';
import { Graph } from '../graph/graph.js';
import { loadModel, saveModel } from '../hub/modelFiles.js';
import { type ModelConfig, TEMPERATURE_KEY } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { maskedLmTransform, vocabularyLogits } from '../models/heads.js';
import { hasCode } from '../protocol/errors.js';
import { ONNX_FILES, type Precision } from '../protocol/exportConfig.js';
import type { JobStage, OnnxWritten } from '../protocol/jobs.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { float32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { argmax } from '../scores/probabilities.js';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { exportOnnx, type OnnxExportOptions } from './exportOnnx.js';

const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
after(() => rmSync(folder, { recursive: true }));

function run(model: string, out: string, more: Partial<OnnxExportOptions> = {}): Promise<OnnxWritten> {
  const { signal } = new AbortController();
  return exportOnnx({ model, out, precisions: ['fp32'], maxDrop: 1, maxSeqLength: 128, signal, ...more });
}

const sessions = new Map<string, ort.InferenceSession>();
after(async () => {
  for (const session of sessions.values()) await session.release();
});

async function opened(file: string): Promise<ort.InferenceSession> {
  const session = sessions.get(file) ?? (await ort.InferenceSession.create(file));
  sessions.set(file, session);
  return session;
}

/** What plain onnxruntime makes of sequences, padded to the longest; `second` is where their second text begins. */
async function plainLogits(
  out: string,
  precision: Precision,
  sequences: readonly ArrayLike<number>[],
  second?: readonly number[],
): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const session = await opened(join(out, ONNX_FILES[precision]));
  const length = Math.max(...sequences.map((ids) => ids.length));
  const filled = (value: (row: number, at: number) => number) =>
    new ort.Tensor(
      'int64',
      BigInt64Array.from({ length: sequences.length * length }, (_, i) =>
        BigInt(value(Math.floor(i / length), i % length)),
      ),
      [sequences.length, length],
    );
  const feeds: Record<string, ort.Tensor> = {
    input_ids: filled((row, at) => sequences[row]![at] ?? 0),
    attention_mask: filled((row, at) => Number(at < sequences[row]!.length)),
    token_type_ids: filled((row, at) =>
      Number(second !== undefined && at >= second[row]! && at < sequences[row]!.length),
    ),
  };
  const { logits } = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
  assert.deepEqual([...session.outputNames], ['logits']);
  return { data: logits!.data as Float32Array, dims: logits!.dims };
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)));
  return most;
}

const random = Random.fromSeed(5);
const drawn = (length: number, vocabSize: number) =>
  Int32Array.from({ length }, (_, i) => (i === 0 ? 2 : i === length - 1 ? 3 : 5 + random.below(vocabSize - 5)));

for (const family of ['distilbert', 'bert'] as const) {
  test(`${family}: every logit of the fp32 file is the classifier's, for any batch and length`, async () => {
    const [model, out] = [join(folder, family), join(folder, `${family}-onnx`)];
    const { config } = await writeClassifier(model, family);
    const { files, dev } = await run(model, out);
    assert.deepEqual([files.map(({ file }) => file), dev], [['onnx/model.onnx'], null]);
    const classifier = await Classifier.load(model);
    for (const lengths of [[3], [17], [64], [5, 5], [1 + 2, 40, 11], Array.from({ length: 9 }, (_, i) => 4 + i)]) {
      const sequences = lengths.map((length) => drawn(length, config.vocabSize));
      const { data, dims } = await plainLogits(out, 'fp32', sequences);
      assert.deepEqual(dims, [lengths.length, config.labels.length]);
      const expected = await classifier.sequenceLogits(sequences);
      assert.ok(
        furthest(
          data,
          expected.flatMap((row) => [...row]),
        ) < 1e-5,
      );
    }
    await classifier.dispose();
  });
}

test("a pair's token types and a temperature reach the logits: their softmax is what the classifier answers", async () => {
  const [model, out] = [join(folder, 'bert-warm'), join(folder, 'bert-warm-onnx')];
  await writeClassifier(model, 'bert');
  const file = join(model, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...config, [TEMPERATURE_KEY]: 2.5 }));
  await run(model, out);
  assert.ok(!(TEMPERATURE_KEY in (JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')) as object)));
  const classifier = await Classifier.load(model);
  const [a, b] = sentences(2).map(({ text }) => text.slice(0, 20)) as [string, string];
  const [expected] = await classifier.logits([{ text: a, second: b }]);
  const [first, other] = [a, b].map((text) => [...classifier.tokenizer.encodeWords(text).ids, 3]) as [
    number[],
    number[],
  ];
  const { data } = await plainLogits(out, 'fp32', [[2, ...first, ...other]], [first.length + 1]);
  assert.ok(
    furthest(
      data,
      expected!.map((score) => score / 2.5),
    ) < 1e-5,
  );
  await classifier.dispose();
});

describe('on real text, with the vocabulary and the encoder of the sample', () => {
  const model = join(folder, 'sample');
  const dev = join(folder, 'dev.tsv');
  const out = join(folder, 'sample-onnx');
  const texts: string[] = [];
  let written: OnnxWritten;

  before(async () => {
    for await (const { text } of readTextLines('media/sample/wiki/wiki.txt.gz')) {
      if (text.length > 20) texts.push(text.replaceAll('\t', ' '));
      if (texts.length === 120) break;
    }
    const teacher = await loadModel('media/sample/teacher');
    const config: ModelConfig = { ...teacher.config, labels: ['a', 'b', 'c'] };
    const weights: NamedTensors = new Map([
      ...classifierWeights({ ...config, initializerRange: 0.2 }),
      ...teacher.weights,
    ]);
    for (const name of [...weights.keys()]) if (name.startsWith('cls.')) weights.delete(name);
    const save = () =>
      saveModel(model, { config, weights, vocabFile: 'media/sample/teacher/vocab.txt' }, 'classification');
    await save();
    const untrained = await Classifier.load(model, { maxSeqLength: 128 });
    const rows = await untrained.logits(texts);
    await untrained.dispose();
    // A bias that makes the three classes about as frequent.
    const bias = weights.get('classifier.bias')!.data;
    for (const row of rows) for (const [c, score] of row.entries()) bias[c]! -= score / rows.length;
    await save();
    const classifier = await Classifier.load(model, { maxSeqLength: 128 });
    const answers = await classifier.classify(texts);
    await classifier.dispose();
    writeFileSync(dev, texts.map((text, i) => `${text}\t${answers[i]!.label}\n`).join(''));
    const counts = config.labels.map((label) => answers.filter((answer) => answer.label === label).length);
    assert.ok(
      counts.every((count) => count > 5),
      `the made-up classes have ${counts} texts`,
    );
    written = await run(model, out, { precisions: ['int8', 'fp16', 'fp32'], dev, maxDrop: 8 });
  });

  test('each precision is told with its size, its scores and its agreement', () => {
    assert.deepEqual(
      written.files.map(({ precision, file }) => [precision, file]),
      [
        ['fp32', 'onnx/model.onnx'],
        ['fp16', 'onnx/model_fp16.onnx'],
        ['int8', 'onnx/model_quantized.onnx'],
      ],
    );
    const [fp32, fp16, int8] = written.files as [
      (typeof written.files)[0],
      (typeof written.files)[0],
      (typeof written.files)[0],
    ];
    // The labels are what the classifier itself answered.
    assert.deepEqual([fp32.scores, fp32.agreement], [{ accuracy: 1, macroF1: 1 }, 1]);
    assert.ok(fp16.agreement! >= 0.99 && int8.agreement! >= 0.92, `${fp16.agreement}, ${int8.agreement}`);
    assert.ok(fp16.sizeBytes < fp32.sizeBytes * 0.51 && int8.sizeBytes < fp32.sizeBytes * 0.27);
    assert.ok(written.files.every(({ file, sizeBytes }) => readFileSync(join(out, file)).length === sizeBytes));
    assert.deepEqual(written.dev, { file: dev, examples: texts.length });
  });

  test('logits of fp16 are within 0.01 of the classifier, of int8 within a tenth of their spread', async () => {
    const classifier = await Classifier.load(model, { maxSeqLength: 128 });
    const sequences = texts
      .slice(0, 24)
      .map((text) => [2, ...classifier.tokenizer.encodeWords(text).ids].slice(0, 127).concat(3));
    const expected = (await classifier.sequenceLogits(sequences.map((ids) => Int32Array.from(ids)))).flatMap((row) => [
      ...row,
    ]);
    const spread = Math.max(...expected) - Math.min(...expected);
    for (const [precision, bound] of [
      ['fp32', 1e-5],
      ['fp16', 0.01],
      ['int8', 0.1 * spread],
    ] as const) {
      for (const group of [[sequences], sequences.map((each) => [each])]) {
        const logits = (
          await Promise.all(group.map(async (part) => [...(await plainLogits(out, precision, part)).data]))
        ).flat();
        const off = furthest(logits, expected);
        assert.ok(off < bound, `${precision} in ${group.length} runs: ${off}, allowed ${bound}`);
      }
    }
    await classifier.dispose();
  });

  test('the folder has what @huggingface/transformers looks for, and a card with the figures', () => {
    assert.deepEqual(readdirSync(out).sort(), [
      'README.md',
      'config.json',
      'onnx',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'vocab.txt',
    ]);
    const { model: wordPiece, added_tokens: added } = JSON.parse(readFileSync(join(out, 'tokenizer.json'), 'utf8'));
    const pieces = readFileSync(join(out, 'vocab.txt'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      pieces.map((piece) => wordPiece.vocab[piece]),
      [...pieces.keys()],
    );
    assert.deepEqual(
      added.map(({ id }: { id: number }) => id),
      [0, 1, 2, 3, 4],
    );
    const card = readFileSync(join(out, 'README.md'), 'utf8');
    assert.match(card, /\| int8 \| onnx\/model\\_quantized.onnx \| \d+\.\d MB \| [\d.]+ ms \| [\d.]+ % \|/);
    assert.match(card, /library_name: transformers.js/);
    assert.match(card, /no MeCab/);
  });

  test('a folder without fp32 says which file is to be taken; an export that stood there is replaced, other files are not', async () => {
    const again = join(folder, 'again');
    cpSync(out, again, { recursive: true });
    await run(model, again, { precisions: ['int8'], dev, maxDrop: 8 });
    assert.deepEqual(readdirSync(join(again, 'onnx')), ['model_quantized.onnx']);
    const config = JSON.parse(readFileSync(join(again, 'config.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(config['transformers.js_config'], { dtype: 'q8' });
    writeFileSync(join(again, 'onnx', 'mine.txt'), 'mine');
    await assert.rejects(run(model, again), (error) => hasCode(error, 'folderNotEmpty'));
    assert.ok(existsSync(join(again, 'onnx', 'mine.txt')));
  });

  test('what a lossy precision does to a model has to be measured', async () => {
    const nothing = join(folder, 'unmeasured');
    await assert.rejects(
      run(model, nothing, { precisions: ['fp32', 'int8'] }),
      (error) => hasCode(error, 'exportNeedsDev') && error.data.precision === 'int8',
    );
    assert.ok(!existsSync(nothing));
  });

  test('an export cannot be trained on: its word is that it is one', async () => {
    await assert.rejects(loadModel(out), (error) => hasCode(error, 'modelIsExported') && error.data.found === 'onnx');
    await assert.rejects(Classifier.load(out), (error) => hasCode(error, 'modelIsExported'));
    await assert.rejects(run(out, join(folder, 'twice')), (error) => hasCode(error, 'modelIsExported'));
  });

  test('when it is stopped, at any stage, nothing is left', async () => {
    const home = join(folder, 'stopped');
    mkdirSync(home);
    for (const phase of ['loading', 'copying', 'measuring', 'timing'] as const) {
      const stop = new AbortController();
      const onStage = (stage: JobStage) => {
        if (stage.phase === phase) stop.abort();
      };
      const stopped = run(model, join(home, 'out'), {
        precisions: ['int8'],
        dev,
        maxDrop: 8,
        onStage,
        signal: stop.signal,
      });
      await assert.rejects(stopped, { name: 'AbortError' }, phase);
      assert.deepEqual(readdirSync(home), [], phase);
    }
  });
});

describe('a model that another precision would spoil', () => {
  const home = join(folder, 'spoilt');
  const model = join(home, 'model');
  const dev = join(home, 'dev.tsv');

  /** Unit 0 of what the classes are read from says 5,000 and none of them listens: in single precision nothing changes. */
  before(async () => {
    mkdirSync(home);
    const { config, weights } = await writeClassifier(model, 'distilbert');
    weights.get('pre_classifier.bias')!.data[0] = 5000;
    const { data, dims } = weights.get('classifier.weight')!;
    for (let row = 0; row < dims[0]!; row++) data[row * dims[1]!] = 0;
    await saveModel(model, { config, weights, vocabFile: `${model}.vocab.txt` }, 'classification');
    const classifier = await Classifier.load(model);
    const texts = sentences(80).map(({ text }) => text);
    const answers = await classifier.classify(texts);
    await classifier.dispose();
    writeFileSync(dev, texts.map((text, i) => `${text}\t${answers[i]!.label}\n`).join(''));
  });

  test('is refused with the figures, and nothing is left', async () => {
    const before = readdirSync(home);
    await assert.rejects(run(model, join(home, 'out'), { precisions: ['int8'], dev }), (error) => {
      assert.ok(hasCode(error, 'exportWorse'));
      const { precision, examples, agreement, scores, maxDrop } = error.data;
      assert.deepEqual([precision, examples, maxDrop], ['int8', 80, 1]);
      assert.deepEqual(
        scores.map(({ name, fp32 }) => [name, fp32]),
        [
          ['accuracy', 1],
          ['macroF1', 1],
        ],
      );
      assert.ok(agreement < 0.95 && scores[0]!.got === agreement, 'labels are what fp32 answers');
      return true;
    });
    assert.deepEqual(readdirSync(home), before);
  });

  test('is written when so much is allowed, and in half precision, which holds 5,000', async () => {
    const { files } = await run(model, join(home, 'out'), { precisions: ['int8'], dev, maxDrop: 100 });
    assert.ok(files[0]!.scores.accuracy! < 0.95);
    await run(model, join(home, 'half'), { precisions: ['fp16'], dev, maxDrop: 0 });
  });

  test('a number beyond half precision is refused as such', async () => {
    const large = join(home, 'large');
    const { config, weights } = await loadModel(model);
    const name = 'distilbert.transformer.layer.0.attention';
    for (const [part, factor] of [
      ['v_lin', 1e7],
      ['out_lin', 1e-7],
    ] as const) {
      const { data } = weights.get(`${name}.${part}.weight`)!;
      data.set(data.map((value) => value * factor));
    }
    await saveModel(large, { config, weights, vocabFile: `${model}.vocab.txt` }, 'classification');
    await assert.rejects(
      run(large, join(home, 'infinite'), { precisions: ['fp16'], dev }),
      (error) => hasCode(error, 'exportNotFinite') && error.data.precision === 'fp16',
    );
    assert.ok(!existsSync(join(home, 'infinite')));
  });
});

describe('a masked language model', () => {
  const model = 'media/sample/teacher';
  const out = join(folder, 'lm-onnx');
  const dev = join(folder, 'lm.txt');

  before(async () => {
    const lines: string[] = [];
    for await (const { text } of readTextLines('media/sample/wiki/wiki.txt.gz')) {
      lines.push(text.slice(0, 120));
      if (lines.length === 60) break;
    }
    writeFileSync(dev, lines.join('\n'));
  });

  test('gives logits over the vocabulary for every piece; its table of words is stored once', async () => {
    const { files, dev: measured } = await run(model, out, { precisions: ['fp32', 'int8'], dev, maxDrop: 3 });
    assert.ok(measured!.examples > 200);
    assert.ok(files[1]!.agreement! > 0.9 && files[1]!.sizeBytes < files[0]!.sizeBytes * 0.28);
    const { config, weights } = await loadModel(model);
    const tokenizer = JapaneseTokenizer.load({ vocabFile: join(model, 'vocab.txt') });
    const ids = [2, ...tokenizer.encodeWords('猫は魚が好きだ。').ids, 3];
    const { data, dims } = await plainLogits(out, 'fp32', [ids, ids.slice(0, 4)]);
    assert.deepEqual(dims, [2, ids.length, config.vocabSize]);

    const graph = new Graph();
    const ctx = { g: graph, training: false };
    const last = encoder(ctx, config).hidden.at(-1)!;
    graph.output('logits', vocabularyLogits(graph, config, maskedLmTransform(ctx, config, last)));
    const program = await Program.compile(graph);
    const { logits } = await program.run({
      ...encoderFeeds(Int32Array.from(ids), 1, ids.length),
      attention_mask: float32(new Float32Array(ids.length).fill(1), [1, ids.length]),
      ...Object.fromEntries(weights),
    });
    await program.dispose();
    assert.ok(furthest(data.subarray(0, logits!.data.length), logits!.data) < 1e-4);
    const quantized = await plainLogits(out, 'int8', [ids]);
    const best = (all: ArrayLike<number>, at: number) =>
      argmax(Array.prototype.slice.call(all, at * config.vocabSize, (at + 1) * config.vocabSize));
    const alike = ids.filter((_, at) => best(quantized.data, at) === best(logits!.data, at)).length;
    assert.ok(alike >= ids.length - 2, `${alike} of ${ids.length}`);
  });

  test('an encoder without a head has no logits to export', async () => {
    const bare = join(folder, 'bare');
    const config = await writeLanguageModel(bare, 'distilbert');
    const { weights } = await loadModel(bare);
    for (const name of [...weights.keys()]) if (name.startsWith('vocab_')) weights.delete(name);
    await saveModel(bare, { config, weights, vocabFile: `${bare}.vocab.txt` }, 'maskedLm');
    await assert.rejects(
      run(bare, join(folder, 'headless')),
      (error) => hasCode(error, 'modelHasNoHead') && error.data.folder === bare,
    );
  });
});
