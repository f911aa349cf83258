/** What is said of a build, and what the manifest offers where; the build itself is tested in ui/corpusBuild.mjs. */

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { jobProgressText } from '../../../extension/jobProgressText.js';
import type { JobProgress } from '../../../trainer-core/protocol/jobs.js';

describe('corpora', () => {
  const building: JobProgress = {
    type: 'progress',
    phase: 'building',
    done: 25e6,
    total: 100e6,
    unit: 'bytes',
    rate: 2.5e6,
    secondsLeft: 30,
    documents: 1234,
    tokens: 5_000_000,
    tokensPerSecond: 412_345.6,
    unpackedBy: 'lbzip2',
  };

  it('tell how far a build is', () => {
    assert.equal(
      jobProgressText(building),
      '25%, 2.5 MB/s, 1,234 documents, 412,346 tokens/s, unpacked by lbzip2, 0:30 left',
    );
  });

  it('tell what is known, and what is done', () => {
    const { documents, tokens, tokensPerSecond, unpackedBy, ...bare } = building;
    assert.equal(jobProgressText({ ...bare, total: null, rate: null, secondsLeft: null }), '25 MB');
    const second = jobProgressText({ ...bare, phase: 'deduplicating', unpackedBy: 'none' });
    assert.equal(second, 'Leaving out duplicates: 25%, 2.5 MB/s, 0:30 left');
  });

  it('are built in trusted workspaces only', () => {
    const { contributes } = vscode.extensions.getExtension('distilbert-studio.distilbert-studio')!.packageJSON as {
      contributes: { commands: { command: string; enablement?: string }[] };
    };
    const build = contributes.commands.find(({ command }) => command === 'distilbertStudio.buildCorpus');
    assert.equal(build?.enablement, 'isWorkspaceTrusted');
  });
});
