import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import type { RunStatus, RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { contextValue, givenFolders } from './runActions.js';

const values = (['running', 'finished', 'stopped', 'failed', 'interrupted'] satisfies RunStatus[]).map((status) =>
  contextValue({ status } as RunSummary),
);

it('names what can be done to a run by the words of the menus', () => {
  assert.deepEqual(values, [
    'run running',
    'run ended',
    'run resumable ended',
    'run resumable ended',
    'run resumable ended',
  ]);
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    contributes: { menus: { 'view/item/context': { when: string }[] } };
  };
  const whens = manifest.contributes.menus['view/item/context'].map(({ when }) => when);
  const words = whens.filter((when) => when.includes('.runs')).map((when) => /\\b(\w+)\\b/.exec(when)?.[1]);
  assert.ok(words.length > 4);
  const known = values.flatMap((value) => value.split(' '));
  for (const word of words) assert.ok(word && known.includes(word), word);
});

it('takes a folder, a list, or what the tree gives', () => {
  assert.deepEqual(givenFolders(undefined, undefined), []);
  assert.deepEqual(givenFolders('/a', undefined), ['/a']);
  assert.deepEqual(givenFolders(['/a', '/b', '/a'], undefined), ['/a', '/b']);
  assert.deepEqual(givenFolders('/a', ['/a', '/b']), ['/a', '/b']);
  assert.deepEqual(givenFolders('/a', []), ['/a']);
  assert.deepEqual(givenFolders({ preserveFocus: true }, [1]), []);
});
