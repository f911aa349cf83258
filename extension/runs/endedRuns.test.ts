import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RunStatus, RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { endedRuns } from './endedRuns.js';

const run = (folder: string, status: RunStatus) => ({ folder, status }) as RunSummary;

/** What is told when the runs come to be like this one after the other, and what is remembered. */
function told(...moments: RunSummary[][]): { told: string[]; remembered: string[] } {
  let remembered: string[] = [];
  const all: string[] = [];
  for (const runs of moments) {
    const { ended, expected } = endedRuns(remembered, runs);
    all.push(...ended.map(({ folder, status }) => `${folder} ${status}`));
    remembered = expected;
  }
  return { told: all, remembered };
}

it('tells the end of a run that was seen running, once', () => {
  const dead = [run('a', 'interrupted'), run('b', 'running')];
  assert.deepEqual(told([run('a', 'running'), run('b', 'running')], dead, dead), {
    told: ['a interrupted'],
    remembered: ['b'],
  });
});

it('tells nothing of runs that had ended before they were seen', () => {
  assert.deepEqual(told([run('a', 'failed')], [run('a', 'failed'), run('b', 'finished')]), {
    told: [],
    remembered: [],
  });
});

it('tells each death of a run that is resumed', () => {
  const moments = (['running', 'interrupted', 'running', 'failed'] as const).map((status) => [run('a', status)]);
  assert.deepEqual(told(...moments).told, ['a interrupted', 'a failed']);
});

it('remembers a run that was not read yet, and forgets the oldest of very many', () => {
  assert.deepEqual(told([run('a', 'running')], [], [run('a', 'finished')]).told, ['a finished']);
  const many = Array.from({ length: 150 }, (_, index) => run(String(index), 'running'));
  assert.deepEqual(told(many).remembered.slice(0, 1), ['50']);
});
