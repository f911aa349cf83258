/** A model's README.md in the form of the Hugging Face hub's model cards: what it is, how it was made, how to use it. */
import { join, resolve } from 'node:path';
import { readModelWeights } from '../checkpoint/modelFolder.js';
import { readSafetensorsHeader, type WrittenDType } from '../checkpoint/safetensors.js';
import { elementType } from '../checkpoint/storedDType.js';
import type { ModelConfig } from '../models/config.js';
import { headOf, tiedParameters } from '../models/heads.js';
import { hasCode } from '../protocol/errors.js';
import { readConfig } from './modelFiles.js';
import { plainName, type RunOrigin, runOrigin } from './runOrigin.js';

/** What a card can say of weights without their values. */
interface WeightFacts {
  head: ReturnType<typeof headOf>;
  /** Tied copies not counted. */
  parameters: number;
  /** What they are stored as, or are written as by `export`. */
  dtype: WrittenDType;
}

const USES = {
  maskedLm: { task: 'masked language model', pipeline: 'fill-mask', example: '猫は[MASK]が好きだ。' },
  classification: {
    task: 'text classifier',
    pipeline: 'text-classification',
    example: '九回裏に逆転ホームランが飛び出した。',
  },
};

const OBJECTIVES: Readonly<Record<string, string>> = {
  pretrain: 'pre-trained from random weights as a masked language model',
  distill: 'distilled from a teacher',
  finetune: 'fine-tuned on labelled text',
};

/**
 * The card of a model folder as Markdown; `name` is what its examples call the folder.
 * Throws what reading the folder's config and weights throws.
 */
export async function modelCard(folder: string, name = plainName(resolve(folder))): Promise<string> {
  const config = await readConfig(folder);
  const facts = await weightFacts(folder, config);
  const origin = await runOrigin(folder);
  const use = facts.head && USES[facts.head];
  const head = [
    '---',
    'language: ja',
    'library_name: transformers',
    ...(use ? [`pipeline_tag: ${use.pipeline}`] : []),
    `tags:\n- ${config.modelType}\n- japanese`,
    '---',
  ].join('\n');
  return `${[
    head,
    `# ${cell(origin?.run ?? name)}`,
    `A Japanese ${config.modelType === 'bert' ? 'BERT' : 'DistilBERT'}: ${use?.task ?? 'encoder'}${
      origin ? `, ${OBJECTIVES[origin.objective] ?? origin.objective} with DistilBERT Studio` : ''
    }.`,
    '## Model',
    table(['', ''], modelRows(config, facts)),
    ...(facts.head === 'classification' ? ['Labels, in the order of their ids:', list(config.labels)] : []),
    ...(origin ? originParts(origin) : []),
    '## Use',
    ...useParts(facts.head, name),
    '## Licence',
    '*To be filled in by whoever publishes this model. It depends on the licences of the model it started from and of the texts it learned from.*',
  ].join('\n\n')}\n`;
}

/** Element type, parameters and head of the weights; read from the header alone where there is a `model.safetensors`. */
export async function weightFacts(folder: string, config: ModelConfig): Promise<WeightFacts> {
  const header = await readSafetensorsHeader(join(folder, 'model.safetensors')).catch((error: unknown) => {
    if (hasCode(error, 'fileNotFound')) return null;
    throw error;
  });
  const entries = header?.filter(({ dtype }) => elementType(dtype).isFloat);
  const shapes = entries
    ? new Map(entries.map(({ name, dims }) => [name, dims]))
    : new Map([...(await readModelWeights(folder))].map(([name, { dims }]) => [name, dims]));
  const tied = tiedParameters(config);
  let parameters = 0;
  for (const [name, dims] of shapes) if (!tied.has(name)) parameters += dims.reduce((product, dim) => product * dim, 1);
  const isHalf = entries?.every(({ dtype }) => dtype === 'F16');
  return { head: headOf(shapes, config), parameters, dtype: isHalf ? 'F16' : 'F32' };
}

function modelRows(config: ModelConfig, { parameters, dtype }: WeightFacts): [string, string][] {
  const megabytes = (parameters * (dtype === 'F16' ? 2 : 4)) / 1e6;
  return [
    ['Layers', String(config.layers)],
    ['Hidden size', String(config.hiddenSize)],
    ['Attention heads', String(config.heads)],
    ['Feed-forward size', String(config.intermediateSize)],
    ['Longest text', `${config.maxPositions} pieces`],
    ['Vocabulary', `${grouped(config.vocabSize)} pieces`],
    ['Parameters', grouped(parameters)],
    ['Weights', `${megabytes.toFixed(1)} MB, ${dtype === 'F16' ? 'half precision' : 'single precision'}`],
    ['Tokenizer', 'BertJapaneseTokenizer: NFKC, MeCab with ipadic, WordPiece'],
  ];
}

function originParts({ data, settings, steps, epochs, losses, dev, test }: RunOrigin): string[] {
  const scores = [
    ...dev.map(([name, value]): [string, string] => [`${name}, best on the development set`, short(value)]),
    ...test.map(([name, value]): [string, string] => [`${name}, on the test set`, short(value)]),
    ...losses.map(([name, value]): [string, string] => [`training loss (${name}) at the end`, short(value)]),
  ];
  const done = [
    steps === null ? [] : [`${grouped(steps)} steps`],
    epochs === null ? [] : [`${epochs.toFixed(1)} epochs`],
  ].flat();
  return [
    '## Training',
    ...(done.length > 0 ? [`It ran for ${done.join(', ')}.`] : []),
    table(['Data', ''], data),
    ...(scores.length > 0 ? ['### Scores', table(['Measure', 'Value'], scores)] : []),
    '### Settings',
    table(['Setting', 'Value'], settings),
  ];
}

function useParts(head: WeightFacts['head'], name: string): string[] {
  const quoted = JSON.stringify(name);
  const word = /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
  const here =
    head === 'classification'
      ? [
          'In DistilBERT Studio: select it as the classifier (VS Code: **DistilBERT: Select Classifier**), or in a terminal:',
          fence('sh', `distilbert-studio classify --model ${word} --input texts.txt --output texts.classified.tsv`),
        ]
      : [
          'In DistilBERT Studio: fine-tune it on labelled text (VS Code: **DistilBERT: Start Fine-Tuning**), or in a terminal:',
          fence('sh', `distilbert-studio finetune --model ${word} --train train.tsv --dev dev.tsv --out runs/mine`),
        ];
  const python = head
    ? [
        'from transformers import pipeline',
        '',
        `model = pipeline(${JSON.stringify(USES[head].pipeline)}, model=${quoted})`,
        `print(model(${JSON.stringify(USES[head].example)}))`,
      ]
    : [
        'from transformers import AutoModel, AutoTokenizer',
        '',
        `tokenizer = AutoTokenizer.from_pretrained(${quoted})`,
        `model = AutoModel.from_pretrained(${quoted})`,
      ];
  return [
    ...here,
    'In Transformers (`pip install transformers torch fugashi ipadic`):',
    fence('python', python.join('\n')),
  ];
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}

function table(head: readonly [string, string], rows: readonly (readonly [string, string])[]): string {
  return [head, ['---', '---'], ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${cell(item)}`).join('\n');
}

/** Text that cannot be taken for Markdown's own marks. */
function cell(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ');
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function short(value: number): string {
  return value.toPrecision(4);
}
