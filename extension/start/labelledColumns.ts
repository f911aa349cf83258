/** The columns of labelled text, by the first line of the file: what has to be asked before a fine-tuning. */

import { open } from 'node:fs/promises';
import { isLabelWord, isTextWord } from '../../trainer-core/protocol/columnWords.js';

const HEAD_BYTES = 64 * 1024;
const LABEL_CHARACTERS = 60;

/** The cells of the first line of a TSV or CSV, or the fields of the first object of a JSONL; none where that cannot be read so. */
export async function columnsOf(file: string): Promise<string[]> {
  const format = /\.(tsv|txt|csv|jsonl|ndjson)$/i.exec(file)?.[1]?.toLowerCase();
  if (format === undefined) return [];
  const line = (await firstText(file)).replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? '';
  if (line === '') return [];
  return firstCells(line, format).map((cell) => cell.trim().slice(0, LABEL_CHARACTERS));
}

/** Whether text and label have to be asked for: there are more than two columns, and their names do not tell. */
export function needsColumns(columns: readonly string[]): boolean {
  return columns.length > 2 && !(columns.some(isTextWord) && columns.some(isLabelWord));
}

/**
 * What names a column in a config: its name where the first line reads like a header (short words, each once, no numbers), which then
 * is one to the trainer too; else its number.
 */
export function columnSetting(columns: readonly string[], index: number): string | number {
  const isWord = (cell: string) =>
    cell !== '' && cell.length <= 30 && !Number.isFinite(Number(cell)) && !/[。、！？]/.test(cell);
  const isHeader = columns.every(isWord) && new Set(columns).size === columns.length;
  return isHeader ? columns[index]! : index + 1;
}

function firstCells(line: string, format: string): string[] {
  if (format === 'tsv' || format === 'txt') return line.split('\t');
  if (format === 'csv') return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(csvCell);
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? Object.keys(record) : [];
  } catch {
    return [];
  }
}

function csvCell([, quoted, plain]: RegExpMatchArray): string {
  return quoted?.replaceAll('""', '"') ?? plain ?? '';
}

/** What cannot be read is told by the trainer. */
async function firstText(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}
