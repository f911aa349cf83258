/** The report of a corpus as tables and bars that fit into 80 columns. */

import { CORPUS_WORDS, type CorpusDrop, sentencesOrLines } from '../messages/corpusWords.js';
import type { Language } from '../messages/format.js';
import { size } from '../messages/words.js';
import type { CorpusManifest, CorpusReport, InputFault } from '../protocol/corpusManifest.js';
import { corpusSettings } from '../protocol/corpusSettings.js';
import { type Bar, bars, share } from './bars.js';
import { grouped, short } from './numbers.js';
import { flagOf } from './options.js';
import { displayWidth, fit, padEnd, padStart, wrap } from './width.js';

const COLUMNS = 80;
const LABEL_COLUMNS = 36;
const HISTOGRAM_ROWS = 16;
const PIECES = 10;
const FAULTS = 10;

/** A head (`inner` false) or a part of it; `whole` is what its share is reckoned of. */
interface Row {
  label: string;
  value: string;
  share?: string;
  inner?: boolean;
}

/** Where a corpus lies, the settings that are not the default, its tokenizer and size; a text that ends with a line feed. */
export function corpusHeadText(folder: string, manifest: CorpusManifest, language: Language): string {
  const words = CORPUS_WORDS[language];
  const { settings, maxSeqLength, tokenizer, shards, tokenCounts, vocabulary } = manifest;
  const defaults: Readonly<Record<string, unknown>> = corpusSettings.parse({});
  const changed = Object.entries(settings).filter(([key, value]) => value !== defaults[key]);
  const flags = Object.entries({ ...Object.fromEntries(changed), maxSeqLength }).map(([key, value]) =>
    typeof value === 'boolean' ? flagOf(value ? key : `no-${key}`) : `${flagOf(key)} ${value}`,
  );
  const files = [...shards.flatMap((shard) => Object.values(shard.files)), tokenCounts, vocabulary];
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const facts = [
    [words.corpus, folder],
    [words.settings, flags.join(' ')],
    [words.tokenizer, tokenizer.sha256],
    [words.onDisk, words.shards(grouped(shards.length), size(bytes))],
  ] as const;
  const labels = Math.max(...facts.map(([label]) => displayWidth(label)));
  const lines = facts.flatMap(([label, value]) =>
    wrap(value, COLUMNS - labels - 2).map((line, i) => `${padEnd(i === 0 ? label : '', labels)}  ${line}`),
  );
  return `${lines.join('\n')}\n`;
}

/** What was read, kept and dropped, the lengths and the most frequent pieces; a text that ends with a line feed. Damage stands in `faultLines`. */
export function corpusReportText(manifest: CorpusManifest, language: Language): string {
  const words = CORPUS_WORDS[language];
  const { report } = manifest;
  const parts = [
    rows(counts(manifest, language)),
    [words.lengths, ...bars(lengthBins(manifest), report.sequences.kept, padStart)],
    [words.frequentPieces, ...bars(frequentPieces(report), report.tokens, padEnd)],
    problems(report, language),
  ];
  return `${parts
    .filter(({ length }) => length > 1)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** A sentence for each damage, at most ten and a word about the rest. */
export function faultLines(faults: readonly InputFault[], language: Language): string[] {
  const words = CORPUS_WORDS[language];
  const told = faults
    .slice(0, FAULTS)
    .map(({ file, kind, offsetBytes }) => words.fault[kind](file, grouped(offsetBytes)));
  return faults.length > FAULTS ? [...told, words.moreFaults(grouped(faults.length - FAULTS))] : told;
}

function counts(manifest: CorpusManifest, language: Language): Row[] {
  const words = CORPUS_WORDS[language];
  const { report, settings, sequences } = manifest;
  const inputBytes = report.sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const part = (label: string, count: number, whole: number): Row => {
    return { label, value: grouped(count), share: share(count, whole), inner: true };
  };
  const kept = (count: number, whole: number, dropped: Partial<Record<CorpusDrop, number>>): Row[] => [
    part(words.kept, count, whole),
    ...Object.entries(dropped)
      .filter(([, n]) => n > 0)
      .map(([reason, n]) => part(words.dropped[reason as CorpusDrop](settings), n, whole)),
  ];
  const { documents, sentences } = report;
  return [
    { label: words.inputFiles, value: grouped(report.sources.length), share: size(inputBytes) },
    { label: words.documents, value: grouped(documents.read) },
    ...kept(documents.kept, documents.read, documents.dropped),
    { label: sentencesOrLines(words, settings), value: grouped(sentences.read) },
    ...kept(sentences.kept, sentences.read, sentences.dropped),
    ...(report.sequences.cut > 0 ? [part(words.cut, report.sequences.cut, sentences.read)] : []),
    { label: words.sequences, value: grouped(report.sequences.made) },
    ...kept(report.sequences.kept, report.sequences.made, report.sequences.dropped),
    { label: words.tokens, value: grouped(report.tokens) },
    part(words.unknown, report.unknownTokens, report.tokens),
    { label: words.mean, value: sequences === 0 ? '0' : short(report.lengths.mean), inner: true },
    { label: words.longest, value: grouped(report.lengths.longest), inner: true },
    { label: words.text, value: size(report.textBytes) },
  ];
}

/** Labels to the left; values and shares to the right, each as wide as the widest. */
function rows(table: readonly Row[]): string[] {
  const labels = table.map(({ label, inner }) => fit(inner ? `  ${label}` : label, LABEL_COLUMNS));
  const widest = (texts: readonly string[]) => Math.max(...texts.map(displayWidth));
  const values = widest(table.map(({ value }) => value));
  const shares = widest(table.map(({ share = '' }) => share));
  return table.map(({ value, share = '' }, i) =>
    `${padEnd(labels[i] ?? '', widest(labels))}  ${padStart(value, values)}  ${padStart(share, shares)}`.trimEnd(),
  );
}

/** Sequences by length, neighbouring bins put together so that there are few rows; empty ones at either end are left out. */
function lengthBins({ report, maxSeqLength }: CorpusManifest): Bar[] {
  const { binWidth, counts } = report.lengths;
  const filled = counts.map((count, bin) => (count > 0 ? bin : -1)).filter((bin) => bin >= 0);
  const together = Math.ceil(((filled.at(-1) ?? 0) + 1) / HISTOGRAM_ROWS);
  const table: Bar[] = [];
  const row = (bin: number) => Math.floor(bin / together);
  for (let i = row(filled[0] ?? 0); i <= row(filled.at(-1) ?? -together); i++) {
    const from = i * together * binWidth;
    const to = Math.min(from + together * binWidth - 1, maxSeqLength);
    const count = counts.slice(i * together, (i + 1) * together).reduce((sum, n) => sum + n, 0);
    table.push({ label: from === to ? String(from) : `${from}–${to}`, count });
  }
  return table;
}

function frequentPieces({ frequentPieces }: CorpusReport): Bar[] {
  return frequentPieces.slice(0, PIECES).map(({ piece, count }) => ({ label: fit(piece, 20), count }));
}

function problems({ wikitextProblems }: CorpusReport, language: Language): string[] {
  const words = CORPUS_WORDS[language];
  const found = Object.entries(wikitextProblems).filter(([, pages]) => pages > 0);
  if (found.length === 0) return [];
  const table = found.map(([problem, pages]) => ({
    label: words.problem[problem as keyof typeof wikitextProblems],
    value: grouped(pages),
    inner: true,
  }));
  return [...wrap(words.problems, COLUMNS), ...rows(table)];
}
