/** A model's README.md in the form of the Hugging Face hub's model cards, with its figures: what it is, how it was made, how to use it. */
import { join, resolve } from 'node:path';
import { atomicFile } from '../checkpoint/atomicWrite.js';
import { CARD_FILES } from '../checkpoint/modelFolder.js';
import type { ModelConfig } from '../models/config.js';
import { type CardFigure, cardFigures } from './cardFigures.js';
import { frontMatter } from './cardFrontMatter.js';
import { USES, useParts } from './cardUse.js';
import { list, plain, table } from './markdown.js';
import { readConfig } from './modelFiles.js';
import { plainName, type RunOrigin, runOrigin } from './runOrigin.js';
import { type WeightFacts, weightFacts } from './weightFacts.js';

/** The files of a card, by their names in the model folder, each with its text. */
export type ModelCard = Readonly<Record<string, string>>;

export interface CardOptions {
  /** What the card's examples call the folder. */
  name?: string;
  /** As the hub calls it; default: the run's setting, or unknown. */
  license?: string | undefined;
  /** Of a folder with other files than a model's own: what there is, how it is used, by which of the hub's libraries. */
  files?: { weights: string; use: readonly string[]; library: string };
}

const OBJECTIVES: Readonly<Record<string, string>> = {
  pretrain: 'pre-trained from random weights as a masked language model',
  distill: 'distilled from a teacher',
  finetune: 'fine-tuned on labelled text',
};

/** The card of a model folder. Throws what reading the folder's config and weights throws. */
export async function modelCard(folder: string, options: CardOptions = {}): Promise<ModelCard> {
  const name = options.name ?? plainName(resolve(folder));
  const config = await readConfig(folder);
  const facts = await weightFacts(folder, config);
  const origin = await runOrigin(folder);
  const figures = origin ? cardFigures(origin.records) : [];
  const use = facts.head && USES[facts.head];
  const license = options.license ?? origin?.license ?? 'unknown';
  const title = origin?.run ?? name;
  const text = [
    frontMatter({
      name: title,
      modelType: config.modelType,
      pipeline: use?.pipeline ?? null,
      library: options.files?.library ?? 'transformers',
      license,
      origin,
    }),
    `# ${plain(title)}`,
    `A Japanese ${config.modelType === 'bert' ? 'BERT' : 'DistilBERT'}: ${use?.task ?? 'encoder'}${
      origin ? `, ${OBJECTIVES[origin.objective] ?? origin.objective} with DistilBERT Studio` : ''
    }.`,
    '## Model',
    table(
      ['', ''],
      [
        ...modelRows(config, facts, options.files?.weights),
        // Files of another form have it within them.
        ...(options.files ? [] : temperatureRow(config)),
      ],
    ),
    ...(facts.head === 'classification' ? ['Labels, in the order of their ids:', list(config.labels)] : []),
    ...(origin ? originParts(origin, figures) : []),
    '## Use',
    ...(options.files?.use ?? useParts(facts, name)),
    '## Licence',
    licenseWords(license),
  ];
  return {
    [CARD_FILES.text]: `${text.join('\n\n')}\n`,
    ...Object.fromEntries(figures.map(({ file, svg }) => [file, svg])),
  };
}

/** Makes the card of a model and puts it into its folder. Throws what `modelCard` throws, `diskFull`, `folderNotWritable`. */
export async function addModelCard(folder: string): Promise<void> {
  await writeModelCard(folder, await modelCard(folder));
}

/** Puts a card's files into a folder, the text last, so that what it shows is there. Throws `diskFull`, `folderNotWritable`. */
export async function writeModelCard(folder: string, card: ModelCard): Promise<void> {
  for (const [name, text] of Object.entries(card).reverse()) await atomicFile(join(folder, name), text);
}

function modelRows(
  config: ModelConfig,
  { parameters, dtype, dictionary }: WeightFacts,
  weights = `${((parameters * (dtype === 'F16' ? 2 : 4)) / 1e6).toFixed(1)} MB, ${dtype === 'F16' ? 'half precision' : 'single precision'}`,
): [string, string][] {
  return [
    ['Layers', String(config.layers)],
    ['Hidden size', String(config.hiddenSize)],
    ['Attention heads', String(config.heads)],
    ['Feed-forward size', String(config.intermediateSize)],
    ['Longest text', `${config.maxPositions} pieces`],
    ['Vocabulary', `${grouped(config.vocabSize)} pieces`],
    ['Parameters', grouped(parameters)],
    ['Weights', weights],
    ['Tokenizer', `BertJapaneseTokenizer: NFKC, MeCab with ${dictionary}, WordPiece`],
  ];
}

/** A word to programs that do not know our key of the config. */
function temperatureRow({ temperature }: ModelConfig): [string, string][] {
  if (temperature === 1) return [];
  return [['Temperature', `${temperature.toFixed(3)}: divide the logits by it for calibrated probabilities`]];
}

function originParts(origin: RunOrigin, figures: readonly CardFigure[]): string[] {
  const { data, sequences, tokens, settings, steps, epochs, losses, dev, test } = origin;
  const counts = [
    ...(sequences === null ? [] : [['training sequences', grouped(sequences)] as [string, string]]),
    ...(tokens === null ? [] : [['pieces in them', grouped(tokens)] as [string, string]]),
  ];
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
    table(['Data', ''], [...data, ...counts]),
    ...figures.map(({ file, title }) => `![${title}](${file})`),
    ...(scores.length > 0 ? ['### Scores', table(['Measure', 'Value'], scores)] : []),
    '### Settings',
    table(['Setting', 'Value'], settings),
  ];
}

function licenseWords(license: string): string {
  const depends = 'It depends on the licences of the model it started from and of the texts it learned from.';
  return license === 'unknown'
    ? `*Unknown: to be filled in by whoever publishes this model, here and in the first lines of this file. ${depends}*`
    : `\`${license}\`, as whoever made this model says. ${depends}`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function short(value: number): string {
  return value.toPrecision(4);
}
