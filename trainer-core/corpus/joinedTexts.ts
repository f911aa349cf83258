/** Texts of two stores as one, the second's after the first's. */
import type { EncodedTexts } from './encodeTexts.js';

/** A view: nothing but lengths and numbers is copied. */
export function joinedTexts(first: EncodedTexts, second: EncodedTexts): EncodedTexts {
  if (second.length === 0) return first;
  const texts = first.wholeLengths.length;
  const both =
    <T>(get: (store: EncodedTexts, i: number) => T) =>
    (i: number) =>
      i < first.length ? get(first, i) : get(second, i - first.length);
  const lengthOf = both(({ lengths }, i) => lengths[i]!);
  const length = first.length + second.length;
  return {
    length,
    tokens: first.tokens + second.tokens,
    lengths: Uint32Array.from({ length }, (_, i) => lengthOf(i)),
    textOf: Uint32Array.from([...first.textOf, ...second.textOf.map((text) => text + texts)]),
    wholeLengths: Uint32Array.from([...first.wholeLengths, ...second.wholeLengths]),
    at: both((store, i) => store.at(i)),
    wordStarts: both((store, i) => store.wordStarts(i)),
    secondStart: both((store, i) => store.secondStart(i)),
  };
}
