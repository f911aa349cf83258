/** A classifier of DistilBERT-base's size with random weights, to time. */

import { mkdtempSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { atomicFile } from '../../../trainer-core/checkpoint/atomicWrite.js';
import { safetensorsChunks } from '../../../trainer-core/checkpoint/safetensors.js';
import { classificationGraph } from '../../../trainer-core/classify/classificationGraph.js';
import { type ModelConfig, toConfigJson } from '../../../trainer-core/models/config.js';
import { parameterShapes } from '../../../trainer-core/models/parameters.js';

const CONFIG: ModelConfig = {
  modelType: 'distilbert',
  vocabSize: 32_000,
  hiddenSize: 768,
  layers: 6,
  heads: 12,
  intermediateSize: 3072,
  maxPositions: 512,
  typeVocabSize: 0,
  layerNormEpsilon: 1e-12,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  classifierDropout: 0.2,
  initializerRange: 0.02,
  sinusoidalPositions: false,
  padTokenId: 0,
  labels: Array.from({ length: 9 }, (_, id) => `label ${id}`),
  temperature: 1,
  problemType: 'single_label_classification',
};

/** Writes it to a temporary folder, 270 MB; remove it. */
export async function writeBaseClassifier(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'base-'));
  const weights = new Map(
    [...parameterShapes(classificationGraph(CONFIG, false).graph)].map(([name, dims]) => {
      const data = new Float32Array(dims.reduce((a, b) => a * b));
      for (let at = 0; at < data.length; at++) data[at] = (Math.random() - 0.5) * 0.04;
      return [name, { dims, data }];
    }),
  );
  await atomicFile(path.join(folder, 'model.safetensors'), safetensorsChunks(weights, 'F32'));
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(toConfigJson(CONFIG, 'classification')));
  const extension = vscode.extensions.getExtension('distilbert-studio.distilbert-studio')!.extensionPath;
  await copyFile(path.join(extension, 'media', 'vocab', 'vocab.txt'), path.join(folder, 'vocab.txt'));
  return folder;
}
