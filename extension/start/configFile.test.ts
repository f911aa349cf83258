import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { configText, dataName, pathInConfig, writeNewFile } from './configFile.js';

it('names a config after its data', () => {
  assert.equal(dataName('/data/wiki.txt.gz'), 'wiki');
  assert.equal(dataName('/data/ニュース.tsv'), 'ニュース');
  assert.equal(dataName('/data/jawiki-articles1.xml-p1p114794.bz2'), 'jawiki-articles1');
  assert.equal(dataName('/data/v1.5'), 'v1.5');
  assert.equal(dataName('/data/.txt'), '.txt');
});

it('writes paths as they lie from the config', () => {
  assert.equal(pathInConfig('/work/data', '/work/data/wiki.txt'), 'wiki.txt');
  assert.equal(pathInConfig('/work/data', '/work/models/teacher'), '../models/teacher');
  assert.equal(pathInConfig('/work', '/work'), '.');
  assert.deepEqual(
    JSON.parse(configText('/work/data', { teacher: '/work/t', corpus: ['/work/data/a.txt'], test: null }, { seed: 1 })),
    { teacher: '../t', corpus: ['a.txt'], test: null, seed: 1 },
  );
});

it('never writes over a file', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const names = [];
  for (const text of ['1', '2', '3']) {
    const file = await writeNewFile(folder, 'wiki', '.distill.json', text);
    assert.equal(readFileSync(file, 'utf8'), text);
    names.push(path.basename(file));
  }
  await assert.rejects(writeNewFile(path.join(folder, 'nowhere'), 'wiki', '.json', ''), { code: 'folderNotWritable' });
  assert.deepEqual(names, ['wiki.distill.json', 'wiki-2.distill.json', 'wiki-3.distill.json']);
});
