/** Reads what a MediaWiki export says of its wiki (https://www.mediawiki.org/xml/export-0.11.xsd and those before): language and namespaces. */
import { TrainerError } from '../protocol/errors.js';
import type { Namespace } from '../wikitext/namespaces.js';
import { firstBytes } from './firstBytes.js';
import type { InputFile } from './inputs.js';
import { decodeXml } from './xmlEntities.js';

const HEADER_BYTES = 1024 * 1024;

export interface DumpHeader {
  /** As `xml:lang` has it; null where it is not said. */
  language: string | null;
  namespaces: Namespace[];
}

/**
 * The header of a dump; without anything in it where the file is damaged there.
 * Throws `dumpNotMediaWiki`, `fileEmpty` and what `unpack` throws.
 */
export async function readDumpHeader(file: InputFile, signal: AbortSignal): Promise<DumpHeader> {
  const isWhole = (bytes: Buffer) => bytes.includes('</siteinfo>') || bytes.includes('<page>');
  const { bytes, damaged } = await firstBytes(file, HEADER_BYTES, signal, isWhole);
  const text = bytes.toString('utf8');
  const root = /<mediawiki(?:\s[^>]*)?>/.exec(text);
  if (root === null) {
    if (damaged) return { language: null, namespaces: [] };
    if (text.trim() === '') throw new TrainerError('fileEmpty', { file: file.file });
    const found = text.replace(/^\uFEFF?\s*(?:<[?!][^>]*>\s*)*/, '').slice(0, 40);
    throw new TrainerError('dumpNotMediaWiki', { file: file.file, found: found.split('\n', 1)[0]!.trim() });
  }
  const database = /<dbname>([a-z]+?)wik[a-z_]*<\/dbname>/.exec(text)?.[1] ?? null;
  const namespaces = [...text.matchAll(/<namespace key="(-?\d+)"[^>]*?(?:\/>|>([^<]*)<\/namespace>)/g)];
  return {
    language: /\sxml:lang="([^"]*)"/.exec(root[0])?.[1] ?? database,
    namespaces: namespaces.map(([, key, name]) => ({ key: Number(key), name: decodeXml(name ?? '') })),
  };
}

/** Throws `dumpOtherLanguage` for a dump whose language is known and is not Japanese. */
export function checkLanguage({ language }: DumpHeader, file: string): void {
  if (language === null || language.toLowerCase().split('-', 1)[0] === 'ja') return;
  throw new TrainerError('dumpOtherLanguage', { file, language });
}
