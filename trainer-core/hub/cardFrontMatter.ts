/** What the Hugging Face hub reads of a model card (huggingface.co/docs/hub/model-cards): YAML before its text. */
import type { RunOrigin } from './runOrigin.js';
import { toYaml, type Yaml } from './yaml.js';

export interface FrontMatterFacts {
  name: string;
  modelType: string;
  /** The hub's name of what the model does; null for a bare encoder. */
  pipeline: string | null;
  /** The hub's name of the library that opens it. */
  library: string;
  license: string;
  origin: RunOrigin | null;
}

/** The hub's names of metrics, where they differ from ours. */
const METRICS: Readonly<Record<string, string>> = { macroF1: 'f1' };
const NAMES: Readonly<Record<string, string>> = { macroF1: 'macro-F1', ece: 'expected calibration error' };

/** Between its marks, without a line feed at the end. */
export function frontMatter({ name, modelType, pipeline, library, license, origin }: FrontMatterFacts): string {
  const bases = origin?.bases ?? [];
  const results = pipeline && origin ? resultsOf(pipeline, origin) : [];
  const yaml = toYaml({
    language: 'ja',
    license,
    library_name: library,
    ...(pipeline ? { pipeline_tag: pipeline } : {}),
    ...(bases.length > 0 ? { base_model: bases } : {}),
    tags: [modelType, 'japanese'],
    ...(results.length > 0 ? { 'model-index': [{ name, results }] } : {}),
  });
  return `---\n${yaml}---`;
}

function resultsOf(pipeline: string, { dev, test, devName, testName }: RunOrigin): Yaml[] {
  const result = (dataset: string, scores: RunOrigin['dev']): Yaml[] => {
    const metrics = scores
      .filter(([, value]) => Number.isFinite(value))
      .map(([metric, value]) => ({ type: METRICS[metric] ?? metric, name: NAMES[metric] ?? metric, value }));
    return metrics.length > 0
      ? [{ task: { type: pipeline }, dataset: { name: dataset, type: 'custom' }, metrics }]
      : [];
  };
  return [...result(devName, dev), ...result(testName, test)];
}
