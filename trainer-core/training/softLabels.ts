/** A fine-tuned teacher's answers to the texts that a classifier learns from, worked out once and kept beside the run. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { atomicFile, makeFolder, recoverFolder, writeError } from '../checkpoint/atomicWrite.js';
import { readSafetensors, safetensorsByteLength, safetensorsChunks } from '../checkpoint/safetensors.js';
import { Classifier } from '../classify/classifier.js';
import type { TextCut, TextInput } from '../corpus/encodeTexts.js';
import { readConfig } from '../hub/modelFiles.js';
import { TrainerError } from '../protocol/errors.js';
import type { OnStage } from '../protocol/jobs.js';
import type { ProblemType } from '../protocol/problemType.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { loggedStages } from './loggedStages.js';

/** The folder, beside the runs, of what teachers answered. */
const FOLDER = 'soft-labels';
const LOGITS = 'logits';
/** The files of a model folder that its answers depend on. */
const DECIDES = /^(config\.json|vocab\.txt|.*\.(safetensors|bin))$/;
/** Texts between two words on how far it is: enough for batches of like length. */
const TEXTS_AT_A_TIME = 256;

/** The student and what it is asked. */
export interface SoftLabelsWanted {
  /** The teacher's folder. */
  teacher: string;
  texts: readonly TextInput[];
  labels: readonly string[];
  problemType: ProblemType;
  /** Of the teacher; it reads no more than it has positions for. */
  maxSeqLength: number;
  cut: TextCut;
  device: string;
}

/** Gives the logits of the texts, end to end [N, C], in the order of the student's labels. */
export type SoftLabelSource = (wanted: SoftLabelsWanted) => Promise<Float32Array>;

/** Throws `teacherAnswersDiffer`, and the errors of a config that cannot be read, before anything else is done. */
export async function checkTeacher(teacher: string, labels: readonly string[], problem: ProblemType): Promise<void> {
  const { labels: teacherLabels, problemType: teacherProblem } = await readConfig(teacher);
  if (teacherLabels.length === 0) throw new TrainerError('modelNotClassifier', { folder: teacher });
  const isSame = teacherLabels.length === labels.length && labels.every((label) => teacherLabels.includes(label));
  if (!isSame || teacherProblem !== problem)
    throw new TrainerError('teacherAnswersDiffer', { teacher, teacherLabels, teacherProblem, labels, problem });
}

/** For estimates, which need numbers but not what they are. */
export const noAnswers: SoftLabelSource = async ({ texts, labels }) => new Float32Array(texts.length * labels.length);

/**
 * Asks the teacher, or takes what it answered when it was asked the same before, by this run or one beside it: texts do not change from
 * epoch to epoch and a teacher has no dropout, so once is enough, and nothing of the teacher is in memory while the student learns.
 * The teacher has been checked. Throws what `Classifier.load` throws, `diskFull`, `folderNotWritable`, and the signal's reason.
 */
export function softLabels(options: { out: string; signal: AbortSignal; onStage?: OnStage }): SoftLabelSource {
  const { out, signal, onStage = () => {} } = options;
  return async (wanted) => {
    const name = `${basename(resolve(wanted.teacher))}-${(await identityOf(wanted, signal)).slice(0, 12)}.safetensors`;
    const file = join(dirname(resolve(out)), FOLDER, name);
    const kept = (await readSafetensors(file).catch(() => null))?.get(LOGITS)?.data;
    if (kept?.length === wanted.texts.length * wanted.labels.length) return kept;
    const log = await loggedStages(out, `the teacher ${wanted.teacher} is asked about ${wanted.texts.length} texts`);
    try {
      const logits = await ask(wanted, signal, (stage) => {
        log.onStage(stage);
        onStage(stage);
      });
      await keep(file, logits, wanted.labels.length);
      return logits;
    } finally {
      await log.end();
    }
  };
}

/** What decides the answers: the teacher's files, the texts, the labels in their order, and how texts are cut. */
async function identityOf(wanted: SoftLabelsWanted, signal: AbortSignal): Promise<string> {
  const { teacher, texts, labels, problemType, maxSeqLength, cut } = wanted;
  const hash = createHash('sha256').update(JSON.stringify({ labels, problemType, maxSeqLength, cut }));
  // A folder that cannot be listed is told of by whoever reads the model.
  const files = await readdir(teacher).catch((): string[] => []);
  for (const file of files.filter((name) => DECIDES.test(name)).sort()) {
    hash.update(`\0${file}\0`);
    for await (const piece of createReadStream(join(teacher, file), { signal }) as AsyncIterable<Buffer>)
      hash.update(piece);
  }
  for (const input of texts) {
    const [text, second] = typeof input === 'string' ? [input, null] : [input.text, input.second];
    hash.update(JSON.stringify([text, second]));
  }
  return hash.digest('hex');
}

async function ask(wanted: SoftLabelsWanted, signal: AbortSignal, onStage: OnStage): Promise<Float32Array> {
  const { teacher: folder, texts, labels, maxSeqLength, cut, device } = wanted;
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const teacher = await Classifier.load(folder, { device, maxSeqLength, cut }, { signal, onStage });
  try {
    const columns = labels.map((label) => teacher.labels.indexOf(label));
    const logits = new Float32Array(texts.length * labels.length);
    for (let at = 0; at < texts.length; at += TEXTS_AT_A_TIME) {
      onStage({ phase: 'teaching', done: at, total: texts.length, unit: 'steps' });
      const rows = await teacher.logits(texts.slice(at, at + TEXTS_AT_A_TIME), signal);
      rows.forEach((row, i) => {
        for (const [id, column] of columns.entries()) logits[(at + i) * labels.length + id] = row[column]!;
      });
    }
    onStage({ phase: 'teaching', done: texts.length, total: texts.length, unit: 'steps' });
    return logits;
  } finally {
    await teacher.dispose();
  }
}

async function keep(file: string, logits: Float32Array, labels: number): Promise<void> {
  const tensors: NamedTensors = new Map([[LOGITS, { dims: [logits.length / labels, labels], data: logits }]]);
  try {
    await makeFolder(dirname(file));
  } catch (error) {
    throw writeError(error, file, null);
  }
  await recoverFolder(file);
  await atomicFile(file, safetensorsChunks(tensors, 'F32'), safetensorsByteLength(tensors, 'F32'));
}
