/** Checks every byte of a corpus folder against the checksums in its manifest. */
import type { CorpusManifest } from '../protocol/corpusManifest.js';
import { TrainerError } from '../protocol/errors.js';
import type { OnStage } from '../protocol/jobs.js';
import { corpusFiles, readManifest } from './corpusFolder.js';
import { fileDigest } from './fileDigest.js';
import { readError } from './readError.js';

/**
 * Reads the whole corpus and compares sizes and SHA-256; gives its manifest.
 * Throws what `readManifest` throws, `corpusFileDamaged` for the first file that differs, `fileUnreadable`, and the signal's reason.
 */
export async function verifyCorpus(folder: string, signal: AbortSignal, onStage: OnStage): Promise<CorpusManifest> {
  const manifest = readManifest(folder);
  const files = corpusFiles(folder, manifest);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  for (const { path, sizeBytes, sha256 } of files) {
    const onRead = (bytes: number) => {
      done += bytes;
      onStage({ phase: 'verifying', done, total, unit: 'bytes' });
    };
    const got = await fileDigest(path, onRead, signal).catch((cause) => {
      const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      throw missing
        ? new TrainerError('corpusFileDamaged', { file: path, folder, fault: 'missing' })
        : readError(cause, path);
    });
    if (got.sizeBytes !== sizeBytes) {
      const sizes = { expectedBytes: sizeBytes, gotBytes: got.sizeBytes };
      throw new TrainerError('corpusFileDamaged', { file: path, folder, fault: 'size', ...sizes });
    }
    if (got.sha256 !== sha256) throw new TrainerError('corpusFileDamaged', { file: path, folder, fault: 'checksum' });
  }
  return manifest;
}
