import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../', import.meta.url);
const json = (file: string) => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as Record<string, string>;
const places = (text: string) => (text.match(/\{\d+\}/g) ?? []).sort();

describe('localization', () => {
  it('has Japanese words for every sentence in the code, and no others', () => {
    const used = new Set<string>();
    for (const folder of ['extension/', 'webview/']) {
      for (const file of readdirSync(new URL(folder, root), { recursive: true }) as string[]) {
        if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
        const source = readFileSync(new URL(folder + file, root), 'utf8');
        const calls = folder === 'webview/' ? source.replace(/export function t\(/, '') : source;
        const call = folder === 'webview/' ? String.raw`(?<![\w.])t\(` : String.raw`l10n\.t\(`;
        const literal = new RegExp(String.raw`${call}\s*'((?:[^'\\]|\\.)*)'`, 'g');
        const found = [...calls.matchAll(literal)];
        for (const [, text] of found) used.add(text!.replaceAll("\\'", "'"));
        assert.equal(calls.match(new RegExp(call, 'g'))?.length ?? 0, found.length, `${file}: words must be literals`);
      }
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
