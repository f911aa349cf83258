import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { corpusSettings } from '../../trainer-core/protocol/corpusSettings.js';
import { settingsFor, storedVocabulary } from './storedCorpus.js';

const sha256 = 'a'.repeat(64);
const file = { sizeBytes: 1, sha256 };
const none = { read: 0, kept: 0 };

/** A manifest without a sequence, of sequences of at most 96. */
const MANIFEST = {
  version: 1,
  tokenizer: { sha256, vocabularySize: 5 },
  settings: corpusSettings.parse({}),
  maxSeqLength: 96,
  idBytes: 2,
  sequences: 0,
  tokens: 0,
  shards: [],
  tokenCounts: file,
  vocabulary: file,
  report: {
    sources: [],
    faults: [],
    documents: { ...none, dropped: { otherNamespace: 0, redirect: 0, disambiguation: 0, noText: 0 } },
    wikitextProblems: { unclosedTemplate: 0, unclosedTable: 0, unclosedTag: 0, unclosedLink: 0, nestedTooDeep: 0 },
    textBytes: 0,
    sentences: { ...none, dropped: { tooFewChars: 0, tooManyChars: 0 } },
    sequences: { made: 0, kept: 0, cut: 0, dropped: { tooFewTokens: 0, tooManyUnknown: 0, duplicate: 0 } },
    tokens: 0,
    unknownTokens: 0,
    lengths: { binWidth: 1, counts: [], mean: 0, longest: 0 },
    frequentPieces: [],
  },
};
const PRESET = { student: { layers: 2 }, corpusSettings: { sequences: 'lines' }, maxSeqLength: 512 };

it('a corpus folder decides the length and the vocabulary, a text neither', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stored-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const text = path.join(folder, 'wiki.txt');
  assert.deepEqual(await settingsFor([text], PRESET), PRESET);
  assert.equal(await storedVocabulary([text]), undefined);
  writeFileSync(path.join(folder, 'corpus.json'), JSON.stringify(MANIFEST));
  assert.deepEqual(await settingsFor([folder], PRESET), { student: { layers: 2 }, maxSeqLength: 96 });
  assert.equal(await storedVocabulary([folder]), path.join(folder, 'vocab.txt'));
  // Among other texts it is none of ours to take over from: the trainer refuses the config.
  assert.deepEqual(await settingsFor([folder, text], PRESET), PRESET);
});
