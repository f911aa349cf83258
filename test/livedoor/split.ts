/** A fixed stratified split of the Livedoor News corpus that depends on nothing but the articles' names. */
import { createHash } from 'node:crypto';
import type { LivedoorSplit } from '../../trainer-core/corpus/livedoor.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Eight, one and one of ten articles of each class to learn from, to choose by and to score on. Within a class the articles stand
 * in the order of the SHA-256 of their names; dev and test get a tenth each, rounded, and train the rest.
 * @param names `class/file`, as `readLivedoor` names articles.
 */
export function stratifiedSplit(names: Iterable<string>): LivedoorSplit {
  const drawn = [...names].map((name) => ({ name, key: sha256(name) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const split: LivedoorSplit = { train: [], dev: [], test: [] };
  for (const label of new Set(drawn.map(({ name }) => labelOf(name)).sort())) {
    const ofClass = drawn.filter(({ name }) => labelOf(name) === label);
    const tenth = Math.round(ofClass.length / 10);
    for (const [at, { name }] of ofClass.entries()) {
      split[at < tenth ? 'test' : at < 2 * tenth ? 'dev' : 'train'].push(name);
    }
  }
  return split;
}

/** What two splits have in common when they are the same: SHA-256 of their names, a line each, in the order train, dev, test. */
export function splitHash({ train, dev, test }: LivedoorSplit): string {
  return sha256([train, dev, test].map((names) => [...names].sort().join('\n')).join('\n\n'));
}

/** The class of an article by its name. */
export function labelOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}
