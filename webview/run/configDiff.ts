/** Settings of runs side by side: those that differ, or, of a single run, those that matter. */

import { flatSettings } from '../../trainer-core/protocol/flatSettings.js';

type Config = Readonly<Record<string, unknown>>;

/** A setting by its dotted name, and its value in each run; undefined where a run has no such setting. */
export interface SettingRow {
  key: string;
  values: readonly (string | undefined)[];
}

/** Of all there is, what decides how a run comes out; in reading order. */
const MATTERS = [
  ...['teacher', 'model', 'corpus', 'train', 'dev', 'test'],
  ...['student.layers', 'student.hidden', 'student.heads', 'student.ffn', 'studentInit', 'teacherLayers'],
  ...['layers', 'hidden', 'heads', 'ffn', 'maxSeqLength'],
  ...['alphaCe', 'alphaMlm', 'alphaClm', 'alphaMse', 'alphaCos', 'temperature', 'restrictCeToMask', 'wholeWordMasking'],
  ...['alphaHidden', 'alphaAttention', 'matchedLayers', 'alphaRelation', 'relationHeads', 'teacherRelationLayer'],
  ...['numEpochs', 'maxSteps', 'maxMinutes', 'batchSize', 'gradientAccumulationSteps'],
  ...[
    'learningRate',
    'warmupProportion',
    'weightDecay',
    'maxGradNorm',
    'dropout',
    'patience',
    'metric',
    'seed',
    'device',
  ],
];

/** One row a setting. With several runs only those that differ; with one only those that matter and are not null. */
export function settingRows(configs: readonly Config[]): SettingRow[] {
  const flat = configs.map((config) => new Map(flatSettings(config).map(([key, value]) => [key, shown(value)])));
  const [only] = flat;
  if (!only) return [];
  if (flat.length === 1) {
    return MATTERS.flatMap((key) => {
      const value = only.get(key);
      return value === undefined || value === 'null' ? [] : [{ key, values: [value] }];
    });
  }
  const keys = [...new Set(flat.flatMap((each) => [...each.keys()]))];
  return keys
    .map((key) => ({ key, values: flat.map((each) => each.get(key)) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.map(text).join(', ') : text(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
