import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { canBeTrained, canTeach, readModel } from './modelFolder.js';
import { modelName } from './modelName.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'model-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (file: string, text: string) => writeFile(path.join(folder, file), text);
const config = (json: unknown) => write('config.json', JSON.stringify(json));

describe('readModel', () => {
  it('knows a classifier by its architecture, with its labels in order', async () => {
    await config({
      model_type: 'distilbert',
      architectures: ['DistilBertForSequenceClassification'],
      n_layers: 2,
      dim: 128,
      vocab_size: 32000,
      id2label: { 1: 'IT', 0: 'スポーツ' },
    });
    await write('model.safetensors', '12345');
    await write('pytorch_model.bin', 'not counted');
    assert.deepEqual(await readModel(folder), {
      folder,
      name: path.basename(folder),
      kind: 'classifier',
      modelType: 'distilbert',
      layers: 2,
      hiddenSize: 128,
      vocabSize: 32000,
      sizeBytes: 5,
      labels: ['スポーツ', 'IT'],
    });
  });

  it('calls a BERT a teacher and a DistilBERT a student, also when they carry labels that no head uses', async () => {
    await write('model.safetensors', '-');
    await config({ model_type: 'bert', architectures: ['BertForMaskedLM'], id2label: { 0: 'LABEL_0' } });
    const { kind, labels, layers, hiddenSize } = (await readModel(folder))!;
    assert.deepEqual(
      { kind, labels, layers, hiddenSize },
      { kind: 'teacher', labels: [], layers: 12, hiddenSize: 768 },
    );
    await config({ model_type: 'distilbert', architectures: ['DistilBertForMaskedLM'] });
    assert.equal((await readModel(folder))?.kind, 'student');
    await config({ model_type: 'bert', id2label: { 0: 'yes', 1: 'no' } });
    assert.equal((await readModel(folder))?.kind, 'classifier');
  });

  it('knows what each can be used for: a RoBERTa teaches and does nothing else', async () => {
    await write('model.safetensors', '-');
    const uses = async (json: unknown) => {
      await config(json);
      const model = await readModel(folder);
      return model && { kind: model.kind, teaches: canTeach(model), trained: canBeTrained(model) };
    };
    const roberta = await uses({ model_type: 'roberta', architectures: ['RobertaForMaskedLM'] });
    assert.deepEqual(roberta, { kind: 'teacher', teaches: true, trained: false });
    assert.equal(await uses({ model_type: 'roberta', architectures: ['RobertaForSequenceClassification'] }), undefined);
    const student = await uses({ model_type: 'distilbert', architectures: ['DistilBertForMaskedLM'] });
    assert.deepEqual(student, { kind: 'student', teaches: true, trained: true });
    const classifier = await uses({ model_type: 'bert', id2label: { 0: 'yes', 1: 'no' } });
    assert.deepEqual(classifier, { kind: 'classifier', teaches: false, trained: false });
  });

  it('adds up the shards', async () => {
    await config({ model_type: 'bert' });
    await write('pytorch_model-00001-of-00002.bin', '123');
    await write('pytorch_model-00002-of-00002.bin', '4567');
    assert.equal((await readModel(folder))?.sizeBytes, 7);
  });

  it('passes over weights that are only a link to nothing, and does not fail', async () => {
    await config({ model_type: 'bert' });
    await symlink(path.join(folder, 'gone'), path.join(folder, 'model.safetensors'));
    assert.equal(await readModel(folder), undefined);
  });

  it('takes nothing else for a model', async () => {
    assert.equal(await readModel(folder), undefined);
    await config({ model_type: 'distilbert' });
    assert.equal(await readModel(folder), undefined, 'without weights');
    await write('model.safetensors', '-');
    for (const other of [{ model_type: 'gpt2' }, { teacher: 'a', corpus: ['b'] }, null, []]) {
      await config(other);
      assert.equal(await readModel(folder), undefined, JSON.stringify(other));
    }
    await write('config.json', '{ "model_type": "bert"');
    assert.equal(await readModel(folder), undefined, 'torn');
  });
});

describe('modelName', () => {
  it("calls a run's model after the run", () => {
    assert.equal(modelName('/work/runs/news-1/final'), 'news-1');
    assert.equal(modelName('/work/runs/news-1/best'), 'news-1/best');
    assert.equal(modelName('/work/teacher'), 'teacher');
  });
});
