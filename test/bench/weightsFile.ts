/** Run as `weightsFile.js FOLDER HEAD CONFIG`: writes random weights to FOLDER/model.safetensors. */
import { join } from 'node:path';
import { atomicFile } from '../../trainer-core/checkpoint/atomicWrite.js';
import { safetensorsChunks } from '../../trainer-core/checkpoint/safetensors.js';
import type { ModelConfig } from '../../trainer-core/models/config.js';
import { type Head, randomWeights } from './randomWeights.js';

const [folder, head, config] = process.argv.slice(2) as [string, Head, string];
const weights = randomWeights(head, JSON.parse(config) as ModelConfig);
await atomicFile(join(folder, 'model.safetensors'), safetensorsChunks(weights, 'F32'));
