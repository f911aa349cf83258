/** Reads the text of a `corpus.json`, as the trainer and the editor do before they believe it. */

import { CORPUS_VERSION, type CorpusManifest, corpusManifest } from './corpusManifest.js';
import { TrainerError } from './errors.js';

/** The checked manifest; `file` is where it stands, for the error. Throws `corpusVersionUnsupported`, `corpusInvalid`. */
export function parseCorpusManifest(text: string, file: string): CorpusManifest {
  const value = parseJson(text, file);
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (version !== undefined && version !== CORPUS_VERSION) {
    const got = JSON.stringify(version);
    throw new TrainerError('corpusVersionUnsupported', { file, expected: CORPUS_VERSION, got });
  }
  const checked = corpusManifest.safeParse(value);
  if (!checked.success) throw new TrainerError('corpusInvalid', { file, key: wrongKey(checked.error.issues[0]!) });
  return checked.data;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TrainerError('corpusInvalid', { file, key: '' }, { cause });
  }
}

/** The dotted path of what a schema complains of. */
function wrongKey(issue: { path: PropertyKey[]; keys?: string[] }): string {
  return [...issue.path, ...(issue.keys?.slice(0, 1) ?? [])].join('.');
}
