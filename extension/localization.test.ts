import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../', import.meta.url);
const json = (file: string) => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as Record<string, string>;
const places = (text: string) => (text.match(/\{\d+\}/g) ?? []).sort();

describe('localization', () => {
  it('has Japanese words for every sentence in the code, and no others', () => {
    const used = new Set<string>();
    for (const file of readdirSync(new URL('extension/', root))) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const source = readFileSync(new URL(`extension/${file}`, root), 'utf8');
      for (const [, text] of source.matchAll(/l10n\.t\(\s*'((?:[^'\\]|\\.)*)'/g)) used.add(text!);
      assert.equal(source.match(/l10n\.t\(/g)?.length ?? 0, [...source.matchAll(/l10n\.t\(\s*'/g)].length, file);
    }
    const japanese = json('l10n/bundle.l10n.ja.json');
    assert.ok(used.size > 0);
    assert.deepEqual(Object.keys(japanese).sort(), [...used].sort());
    for (const [english, words] of Object.entries(japanese)) assert.deepEqual(places(words), places(english), english);
  });

  it('has English and Japanese words for every key of the manifest, and no others', () => {
    const used = [...readFileSync(new URL('package.json', root), 'utf8').matchAll(/"%([\w.]+)%"/g)].map(
      (match) => match[1],
    );
    const keys = [...new Set(used)].sort();
    assert.ok(keys.length > 0);
    for (const file of ['package.nls.json', 'package.nls.ja.json'])
      assert.deepEqual(Object.keys(json(file)).sort(), keys, file);
  });
});
