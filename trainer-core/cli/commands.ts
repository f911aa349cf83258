/** The list of commands. Each is loaded only when it is called, so that `--help` does not wait for an engine. */

import type { Command } from './command.js';

/** A command by name, with how to load the rest of it. */
export interface CommandEntry {
  name: string;
  /** One sentence for `--help`. */
  summary: string;
  load(): Promise<Command>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'tokenize',
    summary: 'Split Japanese text into words and pieces.',
    load: async () => (await import('./tokenize.js')).tokenize,
  },
  {
    name: 'corpus build',
    summary: 'Make training data of a Wikipedia dump or other text.',
    load: async () => (await import('./corpusBuild.js')).corpusBuild,
  },
  {
    name: 'corpus extract',
    summary: 'Write the text of a Wikipedia dump or other input as JSONL.',
    load: async () => (await import('./corpusExtract.js')).corpusExtract,
  },
  {
    name: 'corpus stats',
    summary: 'Show the report of a corpus: what was read, kept and dropped.',
    load: async () => (await import('./corpusStats.js')).corpusStats,
  },
  {
    name: 'corpus show',
    summary: 'Show one sequence of a corpus: its text, pieces, words and ids.',
    load: async () => (await import('./corpusShow.js')).corpusShow,
  },
  {
    name: 'pretrain',
    summary: 'Train a language model from random weights.',
    load: async () => (await import('./pretrain.js')).pretrain,
  },
  {
    name: 'distill',
    summary: 'Distil a small student from a teacher.',
    load: async () => (await import('./distill.js')).distill,
  },
  {
    name: 'data',
    summary: 'Show what labelled text holds: classes, lengths, duplicates, leaks.',
    load: async () => (await import('./data.js')).data,
  },
  {
    name: 'finetune',
    summary: 'Train a classifier on labelled text.',
    load: async () => (await import('./finetune.js')).finetune,
  },
  {
    name: 'sweep',
    summary: 'Fine-tune with different settings, and compare them.',
    load: async () => (await import('./sweep.js')).sweepCommand,
  },
  {
    name: 'estimate',
    summary: 'Tell what a run will cost in time and memory.',
    load: async () => (await import('./estimate.js')).estimate,
  },
  {
    name: 'evaluate',
    summary: 'Score a classifier on labelled text.',
    load: async () => (await import('./evaluate.js')).evaluate,
  },
  {
    name: 'classify',
    summary: 'Label each line of standard input, or of a file.',
    load: async () => (await import('./classify.js')).classify,
  },
  {
    name: 'explain',
    summary: 'Tell what each word adds to the label of a text.',
    load: async () => (await import('./explain.js')).explain,
  },
  {
    name: 'import',
    summary: 'Bring a model here from a folder or the Hugging Face hub.',
    load: async () => (await import('./import.js')).importCommand,
  },
  {
    name: 'export',
    summary: 'Write a model as a Hugging Face folder with a model card.',
    load: async () => (await import('./export.js')).exportCommand,
  },
  {
    name: 'card',
    summary: "Show a model's card: what it is, how it was made, how to use it.",
    load: async () => (await import('./card.js')).card,
  },
  {
    name: 'upload',
    summary: 'Upload a model with its card to the Hugging Face hub.',
    load: async () => (await import('./upload.js')).uploadCommand,
  },
  {
    name: 'devices',
    summary: 'List where this machine can compute.',
    load: async () => (await import('./devices.js')).devices,
  },
  {
    name: 'devices install',
    summary: "Fetch what CUDA needs, by onnxruntime-node's own installer.",
    load: async () => (await import('./devicesInstall.js')).devicesInstall,
  },
  {
    name: 'sample',
    summary: 'Write a folder with data and settings to try the whole job on.',
    load: async () => (await import('./sample.js')).sample,
  },
  {
    name: 'demo',
    summary: 'Do all of it on the sample that comes with the project (npm start).',
    load: async () => (await import('./demo.js')).demo,
  },
];
