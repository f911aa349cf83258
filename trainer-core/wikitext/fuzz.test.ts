/** Any input ends, in linear time, and leaves no markup; cutting and mangling real pages takes little with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extract, FORBIDDEN, readWikitextFixtures } from '../../test/support/wikitext.js';

const OPTIONS = [{}, { lists: true, headings: true }];
const PAGES = [...readWikitextFixtures()].filter(([name]) => name !== 'euDisambiguation').map(([, page]) => page);

const MARKS =
  "{{ }} {{{ }}} [[ ]] [ ] { } {| |} \n{|\n \n|} | \n| \n! = == \n==a==\n ' '' ''' <ref> </ref> <ref name=a /> <!-- --> <nowiki> </nowiki> <math> </math> <pre> <gallery> </gallery> <table> </table> <ul> </ul> <h2> <br> <div> < > & &amp; &#91; &lt; -{ }- __TOC__ ~~~~ ---- \n \n\n \n* \n: \n# （ ） ( ) 、 。 [http://a [[ファイル: [[a| {{lang|en| {{#if: {{quote| {{! a 東京 1"
    .split(' ')
    .concat([' ', '\u3000']);
const mark = fc.constantFrom(...MARKS);

function assertPlain(wikitext: string): void {
  for (const options of OPTIONS) {
    for (const paragraph of extract(wikitext, options).paragraphs) {
      assert.doesNotMatch(paragraph, FORBIDDEN, JSON.stringify(wikitext.slice(0, 500)));
    }
  }
}

function lengthOf(wikitext: string): number {
  return extract(wikitext).paragraphs.reduce((sum, paragraph) => sum + paragraph.length, 0);
}

test('any mixture of marks and any string leave no markup', () => {
  fc.assert(
    fc.property(fc.array(mark, { maxLength: 60 }), (marks) => assertPlain(marks.join(''))),
    { numRuns: 1500 },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), assertPlain), { numRuns: 500 });
});

test('a page cut anywhere keeps what stands before the cut', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PAGES), fc.double({ min: 0, max: 1, noNaN: true }), (page, part) => {
      const cut = page.slice(0, Math.floor(page.length * part));
      assertPlain(cut);
      const whole = extract(page).paragraphs;
      const kept = extract(cut).paragraphs;
      // All but the paragraph that the cut is in.
      assert.deepEqual(kept.slice(0, -1), whole.slice(0, Math.max(0, kept.length - 1)));
    }),
    { numRuns: 150 },
  );
});

test('a mark more or less costs a section at most', () => {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...PAGES), place, mark, fc.boolean(), (page, part, change, inserts) => {
      const at = Math.floor(page.length * part);
      const found = page.indexOf(change, at);
      if (!inserts && found < 0) return;
      const mangled = inserts
        ? page.slice(0, at) + change + page.slice(at)
        : page.slice(0, found) + page.slice(found + change.length);
      assertPlain(mangled);
      assert.ok(lengthOf(mangled) > lengthOf(page) * 0.5, JSON.stringify([change, at, inserts]));
    }),
    { numRuns: 300 },
  );
});

test('time is linear in the worst cases that are known', () => {
  const runs =
    "{{ [[ ' < {|\n {{[[ {{lang|en| [[a| <!-- <ref> <b & == ( （、 [{ x{{ -{ <ul> {{#if:x| <ref><math> {{a|{{x}} [[a] {{a}"
      .split(' ')
      .concat(['\n', ' ', 'a ', 'a\n', '[http://a ', '{{a\n|b=c\n', '{|\n|a\n\n', '==a==\n<!--']);
  for (const run of runs) {
    // Quadratic time would be minutes here; linear is a tenth of a second.
    const before = process.cpuUsage();
    extract(run.repeat(100_000));
    extract(`${run.repeat(50_000)}${'}}'.repeat(50_000)}${']]'.repeat(50_000)}`);
    const { user } = process.cpuUsage(before);
    assert.ok(user < 10e6, `${JSON.stringify(run)}: ${user / 1e6} s`);
  }
});
