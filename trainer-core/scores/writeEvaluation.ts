/** The files of an evaluation: JSON for programs, Markdown and pictures for people. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { confusionFigure } from '../charts/confusionFigure.js';
import { differenceFigure } from '../charts/differenceFigure.js';
import { figureSvg } from '../charts/figureSvg.js';
import { numbersFigure, reliabilityFigure } from '../charts/squareFigure.js';
import { atomicFolder, isLeftover, recoverFolder, writeChunks } from '../checkpoint/atomicWrite.js';
import { readText } from '../checkpoint/json.js';
import { TrainerError } from '../protocol/errors.js';
import {
  COMPARISON_FILES,
  type ComparedEvaluation,
  type Comparison,
  comparedEvaluation,
  EVALUATION_FILES,
  type Evaluation,
} from '../protocol/evaluation.js';
import type { Calibration } from '../protocol/report.js';
import { comparisonMarkdown, evaluationMarkdown } from './evaluationMarkdown.js';

const OURS: readonly string[] = [...Object.values(EVALUATION_FILES), ...Object.values(COMPARISON_FILES)];

/**
 * Throws `folderNotEmpty` unless a folder is missing, empty, or holds nothing but an evaluation or comparison, which will be
 * replaced; `folderNotWritable` when it is a file.
 */
export async function checkEvaluationFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found && !found.isDirectory()) throw new TrainerError('folderNotWritable', { folder, reason: 'ENOTDIR' });
  const names = found ? await readdir(folder) : [];
  if (names.some((name) => !OURS.includes(name) && !isLeftover(name)))
    throw new TrainerError('folderNotEmpty', { folder });
}

/** Writes an evaluation's files into a folder of their own, whole or not at all. Throws what `checkEvaluationFolder` throws, `diskFull`. */
export async function writeEvaluation(folder: string, evaluation: Evaluation): Promise<void> {
  await writeFiles(folder, {
    ...figures(evaluation),
    [EVALUATION_FILES.text]: evaluationMarkdown(evaluation),
    [EVALUATION_FILES.json]: `${JSON.stringify(evaluation)}\n`,
  });
}

/** The same for a comparison. */
export async function writeComparison(folder: string, comparison: Comparison): Promise<void> {
  const { accuracy, macroF1 } = comparison;
  const rows = Object.entries({ Accuracy: accuracy, 'Macro-F1': macroF1 }).map(([name, { difference, interval }]) => ({
    name,
    difference,
    low: interval[0],
    high: interval[1],
  }));
  const axis = 'Second minus first, in percentage points; 95 % intervals';
  const picture = differenceFigure('Differences', axis, rows, (value) => String(Number((100 * value).toPrecision(12))));
  await writeFiles(folder, {
    [COMPARISON_FILES.picture]: figureSvg(picture),
    [COMPARISON_FILES.text]: comparisonMarkdown(comparison),
    [COMPARISON_FILES.json]: `${JSON.stringify(comparison, null, 2)}\n`,
  });
}

/** Where an evaluation lies below `place`: itself, the folder's own, or of a run the one on test data, else on development data. */
export async function findEvaluation(place: string): Promise<string | null> {
  const { json } = EVALUATION_FILES;
  const inside = [[json], ['evaluation', 'test', json], ['evaluation', 'dev', json]].map((parts) =>
    join(place, ...parts),
  );
  for (const file of place.endsWith('.json') ? [place] : inside) {
    if ((await stat(file).catch(() => null))?.isFile()) return file;
  }
  return null;
}

/** Reads as much of an `evaluation.json` as a comparison needs. Throws `evaluationInvalid`, `fileNotFound`, `fileUnreadable`. */
export async function readEvaluation(file: string): Promise<ComparedEvaluation> {
  const text = await readText(file);
  try {
    const found = comparedEvaluation.parse(JSON.parse(text));
    if (found.predictions.label.length !== found.predictions.predicted.length) throw new RangeError('predictions');
    return found;
  } catch (error) {
    throw new TrainerError('evaluationInvalid', { file }, { cause: error });
  }
}

async function writeFiles(place: string, files: Readonly<Record<string, string>>): Promise<void> {
  // The working folder, or one with a slash at its end, has a name only then.
  const folder = resolve(place);
  await recoverFolder(folder);
  await checkEvaluationFolder(folder);
  await atomicFolder(folder, async (temporary) => {
    for (const [name, text] of Object.entries(files)) await writeChunks(join(temporary, name), [Buffer.from(text)]);
  });
}

/** The pictures that the problem type has, by file name. */
function figures({ report, labels, predictions }: Evaluation): Record<string, string> {
  if (report.problemType === 'regression') {
    const [truth, guess] = [predictions.label, predictions.predicted] as [number[], number[]];
    const words = { title: 'Guessed and true numbers', x: 'Truth', y: 'Guess' };
    return { [EVALUATION_FILES.numbers]: figureSvg(numbersFigure(words, truth, guess)) };
  }
  const reliability = ({ ece, bins }: Calibration) => {
    const title = `Reliability: calibration error ${(100 * ece).toFixed(1)} %`;
    return figureSvg(reliabilityFigure({ title, x: 'Confidence', y: 'Accuracy' }, bins));
  };
  const title = 'Confusion matrix (rows: truth, columns: guess)';
  return {
    ...('confusion' in report
      ? { [EVALUATION_FILES.confusion]: figureSvg(confusionFigure(title, labels, report.confusion)) }
      : {}),
    ...(report.calibration ? { [EVALUATION_FILES.reliability]: reliability(report.calibration) } : {}),
  };
}
