/** `corpus stats`: the report of a corpus. */

import { readManifest } from '../corpus/corpusFolder.js';
import { verifyCorpus } from '../corpus/verifyCorpus.js';
import { CORPUS_WORDS } from '../messages/corpusWords.js';
import type { CorpusManifest } from '../protocol/corpusManifest.js';
import { type CommandContext, defineCommand } from './command.js';
import { corpusHeadText, corpusReportText, faultLines } from './corpusReport.js';
import { JobProgressView } from './jobProgress.js';
import { wrap } from './width.js';

/** Writes what the corpus is, its report and the damage in its input; with `--json` the report as it stands in corpus.json. */
export const corpusStats = defineCommand({
  usage: 'DIR [--verify]',
  options: {
    folder: { type: 'string', positional: true, value: 'DIR', required: true, meaning: 'Folder of the corpus.' },
    verify: { type: 'boolean', meaning: 'Read every file of the corpus and compare it with its checksum.' },
  },
  async run(context, { folder, verify = false }) {
    const { stdout, json, language } = context;
    const words = CORPUS_WORDS[language];
    const manifest = verify ? await verified(context, folder) : readManifest(folder);
    if (json) {
      stdout.write(`${JSON.stringify(manifest.report)}\n`);
      return true;
    }
    const faults = faultLines(manifest.report.faults, language).flatMap((line) => wrap(line, 78));
    const parts = [
      corpusHeadText(folder, manifest, language),
      corpusReportText(manifest, language),
      ...(faults.length > 0 ? [`${[words.faults, ...faults.map((line) => `  ${line}`)].join('\n')}\n`] : []),
      ...(verify ? [`${words.verified}\n`] : []),
    ];
    stdout.write(parts.join('\n'));
    return true;
  },
});

async function verified(context: CommandContext, folder: string): Promise<CorpusManifest> {
  // Standard output is the report's alone, with `--json` too.
  const progress = new JobProgressView({ ...context, json: false });
  try {
    return await verifyCorpus(folder, context.signal, progress.onStage);
  } finally {
    progress.end();
  }
}
