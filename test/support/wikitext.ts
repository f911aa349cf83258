/** Tests of the extractor as rows: what stands in a page, and what is shown of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Extraction, WikitextOptions } from '../../trainer-core/wikitext/extraction.js';
import { extractText } from '../../trainer-core/wikitext/extractText.js';
import { silentNamespaces } from '../../trainer-core/wikitext/namespaces.js';

export const WIKITEXT_OPTIONS: WikitextOptions = {
  lists: false,
  headings: false,
  silentNamespaces: silentNamespaces([{ key: 6, name: 'Datei' }]),
};

export function extract(wikitext: string, options: Partial<WikitextOptions> = {}): Extraction {
  return extractText(wikitext, { ...WIKITEXT_OPTIONS, ...options });
}

/** Rows of [wikitext, paragraphs parted by ¶], or with the problems as a third column; without it none are expected. */
export function rows(
  name: string,
  table: readonly (readonly [string, string, string?])[],
  options: Partial<WikitextOptions> = {},
): void {
  test(name, () => {
    for (const [wikitext, paragraphs, problems = ''] of table) {
      const extraction = extract(wikitext, options);
      const shown = [extraction.paragraphs.join('¶'), extraction.problems.sort().join(' ')];
      assert.deepEqual(shown, [paragraphs, problems], JSON.stringify(wikitext));
    }
  });
}

/** What no paragraph may hold: marks of wikitext, empty brackets, doubled spaces; nor may it be empty or begin or end with a space. */
export const FORBIDDEN =
  /\[\[|\]\]|\{\{|\}\}|'''|<ref|\{\||\|\}|[（(][\s、，,；;：:]*[)）]|\n| {2}| [、。]|^\s|\s$|^$/i;

/** Whole pages of Wikipedia by file name; see `trainer-core/wikitext/fixtures/CREDITS.md`. */
export function readWikitextFixtures(): Map<string, string> {
  const folder = fileURLToPath(new URL('../../../trainer-core/wikitext/fixtures/', import.meta.url));
  const names = readdirSync(folder).filter((name) => name.endsWith('.wikitext'));
  return new Map(names.map((name) => [name.replace('.wikitext', ''), readFileSync(join(folder, name), 'utf8')]));
}
