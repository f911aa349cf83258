/** The JSON Schemas (draft-07, which VS Code reads) that give config files completion, hover texts and squiggles. */

import * as z from 'zod';
import { distillConfig } from './distillConfig.js';
import type { Objective } from './events.js';
import { finetuneConfig } from './finetuneConfig.js';
import { pretrainConfig } from './pretrainConfig.js';
import { sweepConfig } from './sweepConfig.js';

/** The schema of each kind of config file, as a plain JSON object. `$schema` is a key they all may have, as `checkConfig` lets them. */
export function editorSchemas(): Record<Objective | 'sweep', Record<string, unknown>> {
  return {
    distill: editorSchema(distillConfig, 'Settings of a distillation'),
    finetune: editorSchema(finetuneConfig, 'Settings of a fine-tuning'),
    pretrain: editorSchema(pretrainConfig, 'Settings of a pre-training'),
    sweep: editorSchema(sweepConfig, 'Settings of a sweep'),
  };
}

function editorSchema(config: z.ZodObject, title: string): Record<string, unknown> {
  const schema = withoutNoise(z.toJSONSchema(config, { io: 'input', target: 'draft-7' })) as Record<string, object>;
  const { $schema, properties, ...rest } = schema;
  const ownSchema = { type: 'string', description: 'A JSON Schema for editors; not a setting.' };
  return { $schema, title, ...rest, properties: { $schema: ownSchema, ...properties } };
}

/** What editors do not know, or what would only be noise in their messages: the greatest safe integer is no limit worth telling. */
function isNoise(key: string, value: unknown): boolean {
  return (
    ((key === 'path' || key === 'fileOnly') && value === true) ||
    (typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER) ||
    // That keys are text goes without saying.
    key === 'propertyNames'
  );
}

function withoutNoise(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutNoise);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => !isNoise(key, value));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutNoise(value)]));
}
