/** Bad input through the real commands: the right code, words that name the place and what to do, and the right exit code. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadModel, saveModel } from '../../trainer-core/hub/modelFiles.js';
import type { ErrorCode } from '../../trainer-core/protocol/errors.js';
import type { FloatTensor } from '../../trainer-core/protocol/tensor.js';
import { type Failure, failureOf, start } from '../support/commandLine.js';
import { metricsOf } from '../support/runFiles.js';
import { writeClassifier, writeDistillation, writeFinetuning, writeLanguageModel } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'bad-'));
after(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

let distill: string;
let finetune: string;
before(async () => {
  distill = await writeDistillation(folder);
  finetune = await writeFinetuning(folder);
  await writeClassifier(at('classifier'), 'distilbert');
  await writeLanguageModel(at('student'), 'distilbert', { layers: 1 });
});

let copies = 0;
/** A copy of a model folder, to spoil. */
function copyOf(name: string): string {
  const copy = at(`${name}-${copies++}`);
  cpSync(at(name), copy, { recursive: true });
  return copy;
}

const distilled = (...flags: string[]) => failureOf('distill', '--config', distill, '--out', at('run'), ...flags);
const finetuned = (...flags: string[]) => failureOf('finetune', '--config', finetune, '--out', at('run'), ...flags);

/** The failure has this code, exit code 1, an action, and words in which all of `named` stand; nothing was begun. */
function assertFailure<C extends ErrorCode>(
  failure: Failure<ErrorCode>,
  code: C,
  ...named: string[]
): asserts failure is Failure<C> {
  assert.equal(failure.code, code, failure.text);
  assert.equal(failure.exitCode, 1);
  assert.ok(failure.action.length > 10);
  // Long paths are broken at the width of the terminal.
  const text = failure.text.replaceAll(' ', '');
  for (const name of [...named, failure.action]) assert.ok(text.includes(name.replaceAll(' ', '')), `${name}: ${text}`);
  assert.ok(!existsSync(at('run')), 'a run was begun');
}

describe('what a classifier learns', () => {
  test('a weight for a label that no text has is refused with its line and the labels', async () => {
    const settings = JSON.parse(readFileSync(finetune, 'utf8')) as Record<string, unknown>;
    const config = at('weights.finetune.json');
    const text = JSON.stringify({ ...settings, classWeights: { スポーツ: 2, 映面: 3 } }, null, 2);
    writeFileSync(config, text);
    const failure = await failureOf('finetune', '--config', config, '--out', at('run'));
    assertFailure(
      failure,
      'configUnknownLabel',
      'weights.finetune.json',
      'classWeights',
      '映面',
      'スポーツ, 映画, 電気',
    );
    assert.equal(failure.data.line, text.split('\n').findIndex((line) => line.includes('"classWeights"')) + 1);
  });

  test('weights that are no numbers, and words that are not known', async () => {
    const config = at('words.finetune.json');
    const settings = JSON.parse(readFileSync(finetune, 'utf8')) as Record<string, unknown>;
    const of = async (classWeights: unknown) => {
      writeFileSync(config, JSON.stringify({ ...settings, classWeights }, null, 2));
      return await failureOf('finetune', '--config', config, '--out', at('run'));
    };
    assertFailure(await of({ 映画: 0 }), 'configOutOfRange', 'classWeights.映画', 'more than 0');
    assertFailure(await of({ 映画: '2' }), 'configWrongType', 'classWeights.映画', 'a number');
    assertFailure(await of('balance'), 'configNotAllowed', 'classWeights', '"balanced"');
    assert.equal((await finetuned('--class-weights', 'balance')).code, 'configNotAllowed');
  });
});

describe('model folders', () => {
  test('no folder', async () => {
    assertFailure(await distilled('--teacher', at('nowhere')), 'modelFolderNotFound', at('nowhere'));
  });

  test('no weights', async () => {
    const teacher = copyOf('teacher');
    rmSync(join(teacher, 'model.safetensors'));
    assertFailure(await distilled('--teacher', teacher), 'modelHasNoWeights', teacher);
    const classifier = copyOf('classifier');
    rmSync(join(classifier, 'model.safetensors'));
    assertFailure(await failureOf('classify', '--model', classifier), 'modelHasNoWeights', classifier);
  });

  test('missing and misshapen tensors are named, all of them', async () => {
    const first = 'bert.encoder.layer.0.attention.self.query.weight';
    const second = 'cls.predictions.bias';
    const missing = await rewritten(copyOf('teacher'), first, second);
    const lacks = await distilled('--teacher', missing);
    assertFailure(lacks, 'tensorsMissing', missing, first, second);
    assert.deepEqual([...lacks.data.tensors].sort(), [first, second]);

    const misshapen = await rewritten(copyOf('teacher'), [first, [16, 15]], [second, [3]]);
    const shapes = await distilled('--teacher', misshapen);
    assertFailure(shapes, 'tensorsMisshapen', misshapen, `${first} is [16, 15], expected [16, 16]`, `${second} is [3]`);
    assert.equal(shapes.data.tensors.length, 2);
  });

  test('missing and misshapen tensors of a classifier, whose file would be mapped', async () => {
    const missing = await rewritten(copyOf('classifier'), 'pre_classifier.bias');
    assertFailure(await failureOf('classify', '--model', missing), 'tensorsMissing', missing, 'pre_classifier.bias');
    const misshapen = await rewritten(copyOf('classifier'), ['classifier.weight', [4, 16]]);
    const words = 'classifier.weight is [4, 16], expected [3, 16]';
    assertFailure(await failureOf('classify', '--model', misshapen), 'tensorsMisshapen', misshapen, words);
  });

  test('a language model is no classifier', async () => {
    assertFailure(await failureOf('classify', '--model', at('student')), 'modelNotClassifier', at('student'));
  });

  test("a vocabulary of another size than the config's", async () => {
    const teacher = copyOf('teacher');
    const file = join(teacher, 'vocab.txt');
    writeFileSync(file, `${readFileSync(file, 'utf8')}余分\n`);
    const failure = await distilled('--teacher', teacher);
    assertFailure(failure, 'vocabularySizeMismatch', file);
    assert.equal(failure.data.got, failure.data.expected + 1);
    const { got, expected } = failure.data;
    assert.match(failure.text, new RegExp(`${got} pieces.*vocab_size is ${expected}`));
  });

  test('a config.json with a wrong value', async () => {
    const teacher = copyOf('teacher');
    const file = join(teacher, 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"num_attention_heads": 2', '"num_attention_heads": 3'));
    assertFailure(await distilled('--teacher', teacher), 'modelConfigInvalid', file, 'num_attention_heads', '16', '3');
  });
});

describe('student and teacher', () => {
  test('vocabularies of different sizes', async () => {
    const failure = await distilled('--student', await otherVocabulary((text) => `${text}余分\n`, 1));
    assertFailure(failure, 'vocabulariesDiffer', at('teacher'));
    assert.equal(failure.data.studentSize, failure.data.teacherSize + 1);
  });

  test('vocabularies of the same size with other pieces', async () => {
    const student = await otherVocabulary((text) => text.replace('東\n', '西\n'), 0);
    const failure = await distilled('--student', student);
    assertFailure(failure, 'vocabulariesDiffer', at('teacher'), student, 'different vocabularies');
  });

  test('a longer sequence than the model has positions', async () => {
    const failure = await distilled('--max-seq-length', '65');
    assertFailure(failure, 'sequenceLongerThanPositions', '65', '64', 'maxSeqLength');
    assert.deepEqual(failure.data, { requested: 65, positions: 64 });
    assertFailure(await finetuned('--max-seq-length', '65'), 'sequenceLongerThanPositions', '65', '64');
  });

  test('layers that the teacher does not have', async () => {
    const file = at('layers.distill.json');
    const settings = JSON.parse(readFileSync(distill, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...settings, teacherLayers: [2] }));
    const failure = await failureOf('distill', '--config', file, '--out', at('run'));
    assertFailure(failure, 'configImpossible', file, 'teacherLayers');
    assert.equal(failure.data.reason, 'layers-not-in-teacher');
  });

  test('losses and layers that do not fit the two models, by their line', async () => {
    const withoutStudent = readFileSync(distill, 'utf8').replace(/"student": \{[^}]*\},?/, '');
    const refused = async (reason: string, settings: string, ...words: string[]) => {
      const file = at(`${reason}.distill.json`);
      writeFileSync(file, withoutStudent.replace('{', `{\n${settings},`));
      const failure = await failureOf('distill', '--config', file, '--out', at('run'));
      assertFailure(failure, 'configImpossible', `${file}:2`, ...words);
      assert.equal(failure.data.reason, reason);
    };
    const student = (shape: string) => `"student": {"layers": 1, ${shape}}`;
    await refused(
      'sizes-differ',
      `"studentInit": "teacher-layers", ${student('"hidden": 32')}`,
      'studentInit',
      'random',
    );
    const other = `"studentInit": "random", ${student('"heads": 4')}`;
    await refused('attention-heads-differ', `"alphaAttention": 1, ${other}`, 'alphaAttention', 'student.heads');
    await refused('layers-not-in-teacher', `"matchedLayers": [2], "alphaHidden": 1, ${other}`, 'matchedLayers');
    await refused(
      'layers-not-in-teacher',
      `"teacherRelationLayer": 2, "alphaRelation": 1, ${other}`,
      'teacherRelationLayer',
    );
    await refused(
      'relation-heads-do-not-divide',
      `"relationHeads": 3, "alphaRelation": [0, 1], ${other}`,
      'relationHeads',
    );
  });

  test('a teacher without a masked-LM head: which losses remain is said, and by those the student learns', async () => {
    const names = ['dense.weight', 'dense.bias', 'LayerNorm.weight', 'LayerNorm.bias'];
    const head = [...names.map((name) => `cls.predictions.transform.${name}`), 'cls.predictions.bias'];
    const headless = await rewritten(copyOf('teacher'), ...head);
    const failure = await distilled('--teacher', headless);
    assertFailure(failure, 'modelNotMaskedLm', headless, 'alphaCe', 'alphaCos');
    assert.deepEqual(failure.data.keys, ['alphaCe']);

    const out = at('headless');
    const inner = ['--alpha-ce', '0', '--alpha-hidden', '1', '--max-steps', '4', '--validation-sequences', '8'];
    const run = await start(['distill', '--config', distill, '--out', out, '--teacher', headless, ...inner]).ended;
    assert.equal(run.code, 0, run.err);
    const lines = metricsOf(out);
    const losses = lines.find(({ type }) => type === 'step')?.losses as Record<string, number>;
    assert.deepEqual(Object.keys(losses).sort(), ['cos', 'hidden', 'mlm', 'total']);
    const scores = lines.find(({ type }) => type === 'evaluated')?.metrics as Record<string, number>;
    assert.ok(Number.isFinite(scores.loss) && !('agreement' in scores), JSON.stringify(scores));
    const { weights } = await loadModel(join(out, 'final'));
    assert.ok(weights.get('vocab_transform.weight')?.data.some((x) => x !== 0));
  });

  test('half precision on the CPU', async () => {
    const failure = await distilled('--precision', 'fp16');
    assertFailure(failure, 'precisionUnavailable', 'cpu', 'fp16', 'fp32');
  });

  test('a teacher whose texts were cut by SentencePiece, or with another dictionary', async () => {
    const pieces = copyOf('teacher');
    for (const file of ['vocab.txt', 'tokenizer_config.json']) rmSync(join(pieces, file));
    const config = join(pieces, 'config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/"tokenizer_class": "[^"]*",/, ''));
    writeFileSync(join(pieces, 'spiece.model'), 'x');
    assertFailure(await distilled('--teacher', pieces), 'tokenizerUnsupported', 'spiece.model', 'SentencePiece');
    const unidic = copyOf('teacher');
    const file = join(unidic, 'tokenizer_config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"ipadic"', '"unidic_lite"'));
    assertFailure(await distilled('--teacher', unidic), 'tokenizerUnsupported', file, 'mecab_dic', 'unidic_lite');
  });
});

describe('labelled texts', () => {
  test('an unknown label in dev, by file and line', async () => {
    const dev = at('unknown.tsv');
    const lines = readFileSync(at('dev.tsv'), 'utf8').split('\n');
    writeFileSync(dev, [...lines.slice(0, 4), '未知の文\tゴルフ', ...lines.slice(4)].join('\n'));
    const failure = await finetuned('--dev', dev);
    assertFailure(failure, 'dataLabelUnknown', `${dev}:5`, 'ゴルフ', '映画');
  });

  test('an unknown label where a model is scored', async () => {
    const data = at('score.tsv');
    writeFileSync(data, '文\t映画\n文\t演劇\n');
    const failure = await failureOf('evaluate', '--model', at('classifier'), '--data', data);
    assertFailure(failure, 'dataLabelUnknown', `${data}:2`, '演劇');
  });
});

describe('labelled texts of every format', () => {
  const write = (name: string, contents: string | Uint8Array) => {
    writeFileSync(at(name), contents);
    return at(name);
  };
  /** The codes and words must be the same where a model learns, is scored, and where data is only looked at. */
  async function refused(code: ErrorCode, file: string, named: readonly string[], ...flags: string[]) {
    assertFailure(await finetuned('--train', file, ...flags), code, ...named);
    assertFailure(await failureOf('data', '--train', file, ...flags), code, ...named);
  }

  test('CSV: an open quote, text after one, too many fields, an empty text', async () => {
    await refused('csvQuoteOpen', write('a.csv', 'text,label\n一,映画\n"二,舞台\n三,映画\n'), [`${at('a.csv')}:3`]);
    await refused('csvAfterQuote', write('b.csv', 'text,label\n"一"一,映画\n'), [`${at('b.csv')}:2`, '4']);
    await refused('columnCount', write('c.csv', 'text,label\n一, 二,映画\n'), [`${at('c.csv')}:2`, '2', '3']);
    await refused('emptyText', write('d.csv', 'text,label\n"\n ",映画\n'), [`${at('d.csv')}:2`]);
  });

  test('JSONL: a fault by line and column, a field that is missing, no text', async () => {
    const lines = (line: string) => `{"text": "一", "label": "映画"}\n${line}\n`;
    await refused('jsonLineInvalid', write('a.jsonl', lines('{"text": "二" "label": "映画"}')), [
      `${at('a.jsonl')}:2`,
      '14',
    ]);
    await refused('columnUnknown', write('b.jsonl', lines('{"text": "二", "lable": "映画"}')), [
      `${at('b.jsonl')}:2`,
      'lable',
    ]);
    await refused('cellNotText', write('c.jsonl', lines('{"text": 2, "label": "映画"}')), [
      `${at('c.jsonl')}:2`,
      'number',
    ]);
  });

  test('a column that is not there, with those there are', async () => {
    const file = write('columns.tsv', 'id\tbody\tlabel\n1\t一\t映画\n2\t二\t舞台\n');
    await refused('columnUnknown', file, [file, 'bdy', 'id, body, label'], '--text-column', 'bdy');
    await refused('columnUnknown', file, [file, '4'], '--text-column', '4');
  });

  test('a file that is no Parquet, an archive that is cut off, a folder without classes', async () => {
    await refused('parquetInvalid', write('a.parquet', 'PAR1'), [at('a.parquet')]);
    await refused('archiveInvalid', write('a.tar', 'x'.repeat(600)), [at('a.tar')]);
    mkdirSync(at('nothing'));
    await refused('labelledFolderEmpty', at('nothing'), [at('nothing')]);
    await refused('inputUnsupported', write('a.bin', Buffer.from('PK\x03\x04', 'latin1')), [at('a.bin')]);
  });

  test('bytes that are no text, one text throughout, one class, nothing at all', async () => {
    await refused('invalidUtf8', write('utf16.tsv', Buffer.from('\ufeff一\t映画\n', 'utf16le')), [
      `${at('utf16.tsv')}:1`,
      'byte 0',
    ]);
    await refused('textHasNul', write('nul.tsv', '一\t映画\n二\0\t舞台\n'), [`${at('nul.tsv')}:2`]);
    await refused('textsIdentical', write('same.tsv', '一\t映画\n一\t舞台\n'), [at('same.tsv'), '2']);
    await refused('tooFewLabels', write('one.tsv', '一\t映画\n二\t映画\n'), [at('one.tsv'), '映画']);
    await refused('fileEmpty', write('empty.tsv', ''), [at('empty.tsv')]);
    await refused('lineTooLong', write('long.tsv', `一\t映画\n${'長'.repeat(2_000_000)}\t映画\n`), [
      `${at('long.tsv')}:2`,
    ]);
  });

  test('a text that the tokenizer finds nothing in', async () => {
    const file = write('nothing.tsv', '東京\t映画\n\u0085\u001c\t電気\n大阪\t電気\n京都\tスポーツ\n');
    assertFailure(await finetuned('--train', file, '--leaks', 'warn'), 'textHasNoPieces', `${file}:2`);
  });

  test('classes of one example each cannot be held out; leaks are refused where they are to be', async () => {
    const file = write('few.tsv', '一\t映画\n二\t電気\n');
    assertFailure(await failureOf('data', '--train', file), 'splitTooSmall', file, '--dev');
    const train = at('train.tsv');
    const failure = await finetuned('--train', train, '--dev', train, '--leaks', 'refuse');
    assertFailure(failure, 'textsLeak', `${train}:1`, 'drop');
  });

  test('windows that do not go forward', async () => {
    const failure = await finetuned('--long-texts', 'windows', '--stride', '62');
    assert.deepEqual([failure.code, failure.exitCode], ['configImpossible', 2]);
    assert.match(failure.text, /stride.*maxSeqLength/);
  });
});

describe('settings', () => {
  test('a setting of a newer version', async () => {
    const file = at('newer.distill.json');
    writeFileSync(file, readFileSync(distill, 'utf8').replace('{', '{\n"quantumEntanglementOfLayers": 1,'));
    const failure = await failureOf('distill', '--config', file, '--out', at('run'));
    assertFailure(failure, 'configUnknownKey', `${file}:2`, 'quantumEntanglementOfLayers', 'newer version', 'alphaCe');
  });

  test('no loss with a weight', async () => {
    const failure = await distilled('--alpha-ce', '0', '--alpha-mlm', '0', '--alpha-cos', '0');
    assert.deepEqual([failure.code, failure.exitCode], ['configImpossible', 2]);
    assert.match(failure.text, /weight of every loss is 0.*alphaCe.*alphaHidden/);
  });

  test('mask proportions that do not sum to 1: by file and line, and as a flag by its name with exit code 2', async () => {
    const file = at('mask.distill.json');
    const text = readFileSync(distill, 'utf8').replace('\n}', ',\n  "wordMask": 0.7\n}');
    writeFileSync(file, text);
    const line = text.split('\n').findIndex((each) => each.includes('wordMask')) + 1;
    const failure = await failureOf('distill', '--config', file, '--out', at('run'));
    assertFailure(failure, 'configMaskProportions', `${file}:${line}`, '0.9');

    const flag = await distilled('--word-mask', '0.7');
    assert.deepEqual([flag.code, flag.exitCode], ['configMaskProportions', 2]);
    assert.match(flag.text, /^--word-mask: .*sum to 1.*0\.9.*Change one/);
  });

  test('a device that is not there', async () => {
    assertFailure(await distilled('--device', 'cuda'), 'deviceUnavailable', 'cuda', 'cpu');
  });

  for (const [flag, value, code] of [
    ['--batch-size', '0', 'configOutOfRange'],
    ['--batch-size', '-1', 'configOutOfRange'],
    ['--batch-size', '1.5', 'configWrongType'],
    ['--max-seq-length', '2', 'configOutOfRange'],
  ] as const) {
    test(`evaluate ${flag} ${value} is wrong usage`, async () => {
      const failure = await failureOf(
        'evaluate',
        '--model',
        at('classifier'),
        '--data',
        at('dev.tsv'),
        `${flag}=${value}`,
      );
      assert.deepEqual([failure.code, failure.exitCode], [code, 2]);
      assert.ok(failure.text.includes(flag));
    });
  }
});

describe('run folders', () => {
  test('--resume without a run', async () => {
    assertFailure(await distilled('--resume'), 'runNotFound', at('run'));
  });

  test('--fresh replaces runs only: a model folder stays as it is', async () => {
    const model = copyOf('student');
    const failure = await failureOf('distill', '--config', distill, '--out', model, '--fresh');
    assertFailure(failure, 'runFolderNotEmpty', model);
    assert.ok(existsSync(join(model, 'model.safetensors')));
  });

  test('a run is not gone on with by settings of another shape', async () => {
    const out = at('shaped');
    const whole = await start(['distill', '--config', distill, '--out', out, '--max-steps', '1']).ended;
    assert.equal(whole.code, 0, whole.err);
    const failure = await failureOf('distill', '--out', out, '--resume', '--student.layers', '2');
    assertFailure(failure, 'tensorsMissing', join(out, 'checkpoints', 'step-000001'), 'layer.1');
  });
});

/** Saves a model again without some tensors, or with other shapes for them. */
async function rewritten(model: string, ...changes: (string | [name: string, dims: number[]])[]): Promise<string> {
  const loaded = await loadModel(model);
  for (const change of changes) {
    if (typeof change === 'string') assert.ok(loaded.weights.delete(change));
    else {
      const [name, dims] = change;
      assert.ok(loaded.weights.has(name));
      loaded.weights.set(name, { dims, data: new Float32Array(dims.reduce((a, b) => a * b)) });
    }
  }
  const head = loaded.config.labels.length > 0 ? 'classification' : 'maskedLm';
  const vocabFile = join(model, 'vocab.txt');
  await saveModel(model, { ...loaded, vocabFile }, head);
  return model;
}

/** A copy of the student with another vocabulary, which has `more` pieces. */
async function otherVocabulary(change: (text: string) => string, more: number): Promise<string> {
  const student = copyOf('student');
  const { config, weights } = await loadModel(student);
  const vocabFile = at('other.vocab.txt');
  const text = readFileSync(join(student, 'vocab.txt'), 'utf8');
  assert.notEqual(change(text), text);
  writeFileSync(vocabFile, change(text));
  const name = 'distilbert.embeddings.word_embeddings.weight';
  const grown = (name: string, rest: number[]) => {
    const { dims, data } = weights.get(name) as FloatTensor;
    const wider = new Float32Array(data.length + more * rest.reduce((a, b) => a * b, 1));
    wider.set(data);
    weights.set(name, { dims: [(dims[0] as number) + more, ...rest], data: wider });
  };
  grown(name, [config.hiddenSize]);
  grown('vocab_projector.bias', []);
  await saveModel(
    student,
    { config: { ...config, vocabSize: config.vocabSize + more }, weights, vocabFile },
    'maskedLm',
  );
  return student;
}
