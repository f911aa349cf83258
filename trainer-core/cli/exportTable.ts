/** What an export for ONNX came to, as a table that fits into 80 columns. */

import type { Language } from '../messages/format.js';
import { TERMINAL } from '../messages/terminal.js';
import { size } from '../messages/words.js';
import type { OnnxWritten } from '../protocol/jobs.js';
import { grouped, percent } from './numbers.js';
import { table } from './tables.js';
import { wrap } from './width.js';

/** A row a precision, and below it what was measured how; without a line feed at its end. */
export function exportedText({ files, timing, dev }: OnnxWritten, language: Language): string {
  const words = TERMINAL[language];
  const { precision, size: sizeHead, sentence, agreement, noDev } = words.exported;
  const scores = Object.keys(files[0]?.scores ?? {});
  const names: Readonly<Record<string, string>> = { accuracy: words.accuracy, macroF1: words.macroF1 };
  const lines = table(
    [precision, sizeHead, sentence, ...scores.map((score) => names[score] ?? score), ...(dev ? [agreement] : [])],
    files.map((file) => [
      file.precision,
      size(file.sizeBytes),
      `${file.sentenceMs.toFixed(1)} ms`,
      ...scores.map((score) => percent(file.scores[score] ?? 0)),
      ...(file.agreement === null ? [] : [percent(file.agreement)]),
    ]),
  );
  const notes = [
    words.exportTiming(timing.pieces, timing.device),
    dev ? words.exportDev(grouped(dev.examples), dev.file) : noDev,
  ];
  return [...lines, '', ...notes.flatMap((note) => wrap(note, 80))].join('\n');
}
