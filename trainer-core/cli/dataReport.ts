/** What labelled data holds, as tables, bars and warnings that fit into 80 columns. */

import { basename } from 'node:path';
import { CORPUS_WORDS } from '../messages/corpusWords.js';
import { DATA_WORDS, type DataWords } from '../messages/dataWords.js';
import type { Language } from '../messages/format.js';
import type { DataSummary, Repeats, SetSummary, TextLengths } from '../protocol/dataSummary.js';
import type { FilePlace } from '../protocol/errors.js';
import type { LongTexts } from '../protocol/labelledDataConfig.js';
import { type Bar, bars, share } from './bars.js';
import { grouped, short } from './numbers.js';
import { displayWidth, fit, padEnd, padStart, wrap } from './width.js';

const COLUMNS = 80;
const LABEL_COLUMNS = 28;
const SINGLE_CLASSES = 5;

type SetName = 'train' | 'dev' | 'test';

/** All of it: the sets, their classes, the lengths of the training texts, and warnings; ends with a line feed. */
export function dataReportText(summary: DataSummary, language: Language, longTexts: LongTexts): string {
  const words = DATA_WORDS[language];
  const { train } = summary;
  const parts = [
    setsOf(summary).flatMap(([name, set]) => setLines(name, set, summary, words)),
    train.classes.length > 0 ? classTable(summary, words) : [],
    train.lengths ? lengthLines(train.lengths, longTexts, words) : [words.noModel],
    warnings(summary, language),
  ];
  return `${parts
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** In short, for the start of a fine-tuning: a line for each set, and the warnings. */
export function dataLines(summary: DataSummary, language: Language): string {
  const words = DATA_WORDS[language];
  const sets = setsOf(summary).flatMap(([name, set]) => {
    const { lengths } = set;
    const cut = lengths && lengths.cut > 0 ? [cutShort(lengths, words)] : [];
    const source = name === 'dev' && summary.devHeldOut ? words.heldOut : words.format[set.format];
    const counts = [words.examples(grouped(set.examples)), ...(name === 'train' ? classCount(summary, words) : [])];
    return wrap(`${words.set[name]}: ${[...counts, source, ...cut].join(words.comma)}`, COLUMNS);
  });
  return `${[...sets, ...warnings(summary, language)].join('\n')}\n`;
}

function setsOf({ train, dev, test }: DataSummary): [SetName, SetSummary][] {
  return (Object.entries({ train, dev, test }) as [SetName, SetSummary | null][]).filter(
    (entry): entry is [SetName, SetSummary] => entry[1] !== null,
  );
}

function setLines(name: SetName, set: SetSummary, summary: DataSummary, words: DataWords): string[] {
  const indent = Math.max(...Object.values(words.set).map(displayWidth)) + 2;
  const { numbers } = set;
  const isHeldOut = name === 'dev' && summary.devHeldOut;
  const facts = [
    isHeldOut ? words.heldOut : `${set.source} (${words.format[set.format]})`,
    ...(set.columns && !isHeldOut ? [words.columns(set.columns)] : []),
    [words.examples(grouped(set.examples)), ...(name === 'train' ? [words.problem[summary.problemType]] : [])].join(
      words.comma,
    ),
    ...(numbers
      ? [words.numbers({ lowest: value(numbers.lowest), mean: value(numbers.mean), highest: value(numbers.highest) })]
      : []),
  ];
  const lines = facts.flatMap((fact) => wrap(fact, COLUMNS - indent));
  return lines.map((line, i) => `${padEnd(i === 0 ? words.set[name] : '', indent)}${line}`);
}

/** Examples of each class in each set, and its share of the training set as a bar. */
function classTable(summary: DataSummary, words: DataWords): string[] {
  const sets = setsOf(summary);
  const labels = summary.labels.map((label) => fit(label, LABEL_COLUMNS));
  const width = Math.max(displayWidth(words.class), ...labels.map(displayWidth));
  const columns = sets.map(([name, { classes }]) => {
    const cells = [words.set[name], ...classes.map(({ examples }) => grouped(examples))];
    const widest = Math.max(...cells.map(displayWidth));
    return cells.map((cell) => padStart(cell, widest));
  });
  const { train } = summary;
  const most = Math.max(...train.classes.map(({ examples }) => examples), 1);
  return [words.class, ...labels].map((label, row) => {
    const ofClass = row === 0 ? null : train.classes[row - 1]!.examples;
    const part = ofClass === null ? words.share : share(ofClass, train.examples);
    const head = [padEnd(label, width), ...columns.map((cells) => cells[row]), padStart(part, 7)].join('  ');
    const room = COLUMNS - displayWidth(head) - 2;
    return `${head}  ${'━'.repeat(ofClass === null ? 0 : Math.ceil((ofClass / most) * room))}`.trimEnd();
  });
}

function lengthLines(lengths: TextLengths, longTexts: LongTexts, words: DataWords): string[] {
  const { binWidth, counts, mean, median, longest, maxSeqLength, cut, sequences } = lengths;
  const texts = counts.reduce((sum, count) => sum + count, 0);
  const first = counts.findIndex((count) => count > 0);
  const table: Bar[] = counts.slice(first).map((count, i) => {
    const from = (first + i) * binWidth;
    return { label: binWidth === 1 ? grouped(from) : `${grouped(from)}–${grouped(from + binWidth - 1)}`, count };
  });
  const figures = { count: grouped(cut), share: share(cut, texts), maxSeqLength: grouped(maxSeqLength) };
  return [
    words.lengths(words.set.train),
    ...bars(table, texts, padStart),
    words.lengthFigures({ mean: grouped(mean), median: grouped(median), longest: grouped(longest) }),
    ...(cut > 0 ? wrap(words.cut({ ...figures, longTexts, sequences: grouped(sequences) }), COLUMNS) : []),
  ];
}

function cutShort({ cut, counts, maxSeqLength }: TextLengths, words: DataWords): string {
  const texts = counts.reduce((sum, count) => sum + count, 0);
  return words.cutShort(share(cut, texts), grouped(maxSeqLength));
}

function classCount({ train, labels }: DataSummary, words: DataWords): string[] {
  return train.classes.length > 0 ? [words.classes(grouped(labels.length))] : [];
}

function warnings(summary: DataSummary, language: Language): string[] {
  const words = DATA_WORDS[language];
  const { labels, leaks, single, dropped, train } = summary;
  const sources = setsOf(summary).map(([, set]) => set);
  const name = (place: FilePlace) => placeName(place, sources);
  const told = (repeats: Repeats, say: (count: string, place: Repeats['places'][number]) => string) =>
    repeats.places.slice(0, 1).map((place) => say(grouped(repeats.count), place));
  const leak = (from: SetName, to: SetName, repeats: Repeats) =>
    told(repeats, (count, { first, again }) =>
      words.leak(words.set[from], words.set[to], count, name(first), name(again)),
    );
  const lines = [
    ...(train.classes.length > 0 && labels.length > 20 && labels.length > train.examples / 2
      ? [words.manyClasses(grouped(labels.length), grouped(train.examples))]
      : []),
    ...single.slice(0, SINGLE_CLASSES).map(({ label, place }) => words.single(label, name(place))),
    ...(single.length > SINGLE_CLASSES ? [words.moreSingle(grouped(single.length - SINGLE_CLASSES))] : []),
    ...setsOf(summary).flatMap(([set, { duplicates, conflicts }]) => [
      ...told(duplicates, (count, { first, again }) =>
        words.duplicates(words.set[set], count, name(first), name(again)),
      ),
      ...told(conflicts, (count, { first, again }) => words.conflicts(words.set[set], count, name(first), name(again))),
    ]),
    ...leak('train', 'dev', leaks.dev),
    ...leak('train', 'test', leaks.test),
    ...(dropped > 0 ? [words.dropped(grouped(dropped))] : []),
    ...leak('dev', 'test', leaks.devToTest),
  ];
  return lines.flatMap((line) => wrap(CORPUS_WORDS[language].warning(line), COLUMNS));
}

/** A place in a set by its file's name and line; in a folder or archive by the path in there. */
function placeName({ file, line }: FilePlace, sets: readonly SetSummary[]): string {
  const folder = sets.find(({ source }) => file.startsWith(`${source}/`));
  return folder ? file.slice(folder.source.length + 1) : `${basename(file)}:${line}`;
}

/** A label of a regression. */
function value(number: number): string {
  return Number.isInteger(number) ? grouped(number) : short(number);
}
