/** HTML's character references. */

/** Those that stand in wikitext, by name. Names are case-sensitive. */
const NAMED: ReadonlyMap<string, string> = new Map(
  (
    'amp & lt < gt > quot " apos \' ' +
    'copy © reg ® trade ™ deg ° plusmn ± sup1 ¹ sup2 ² sup3 ³ frac12 ½ frac14 ¼ frac34 ¾ times × divide ÷ minus − ' +
    'middot · bull • hellip … prime ′ Prime ″ oline ‾ frasl ⁄ ndash – mdash — horbar ― lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” ' +
    'bdquo „ laquo « raquo » lsaquo ‹ rsaquo › dagger † Dagger ‡ permil ‰ sect § para ¶ iexcl ¡ iquest ¿ ' +
    'cent ¢ pound £ yen ¥ euro € curren ¤ brvbar ¦ uml ¨ ordf ª ordm º not ¬ macr ¯ acute ´ micro µ cedil ¸ ' +
    'larr ← uarr ↑ rarr → darr ↓ harr ↔ lArr ⇐ uArr ⇑ rArr ⇒ dArr ⇓ hArr ⇔ ' +
    'forall ∀ part ∂ exist ∃ empty ∅ nabla ∇ isin ∈ notin ∉ ni ∋ prod ∏ sum ∑ lowast ∗ radic √ prop ∝ infin ∞ ang ∠ and ∧ or ∨ ' +
    'cap ∩ cup ∪ int ∫ there4 ∴ sim ∼ cong ≅ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ sub ⊂ sup ⊃ nsub ⊄ sube ⊆ supe ⊇ oplus ⊕ otimes ⊗ perp ⊥ sdot ⋅ ' +
    'loz ◊ spades ♠ clubs ♣ hearts ♥ diams ♦ lang ⟨ rang ⟩ ' +
    'Agrave À Aacute Á Acirc Â Atilde Ã Auml Ä Aring Å AElig Æ Ccedil Ç Egrave È Eacute É Ecirc Ê Euml Ë Igrave Ì Iacute Í Icirc Î Iuml Ï ' +
    'ETH Ð Ntilde Ñ Ograve Ò Oacute Ó Ocirc Ô Otilde Õ Ouml Ö Oslash Ø Ugrave Ù Uacute Ú Ucirc Û Uuml Ü Yacute Ý THORN Þ szlig ß ' +
    'agrave à aacute á acirc â atilde ã auml ä aring å aelig æ ccedil ç egrave è eacute é ecirc ê euml ë igrave ì iacute í icirc î iuml ï ' +
    'eth ð ntilde ñ ograve ò oacute ó ocirc ô otilde õ ouml ö oslash ø ugrave ù uacute ú ucirc û uuml ü yacute ý thorn þ yuml ÿ ' +
    'OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ ' +
    'Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ ' +
    'Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ ' +
    'omicron ο pi π rho ρ sigmaf ς sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω thetasym ϑ upsih ϒ piv ϖ'
  )
    .split(' ')
    .reduce<[string, string][]>((pairs, word, index, words) => {
      if (index % 2 === 0) pairs.push([word, words[index + 1]!]);
      return pairs;
    }, [])
    .concat([
      ['nbsp', ' '],
      ['ensp', ' '],
      ['emsp', ' '],
      ['thinsp', ' '],
      ['shy', ''],
      ['zwnj', '\u200c'],
      ['zwj', '\u200d'],
      ['lrm', ''],
      ['rlm', ''],
    ]),
);

/** HTML reads 128 to 159 as Windows' Latin. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** `&amp;` in front of another reference is that one escaped twice. */
const REFERENCE = /&(?:amp;)*(?:#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}))|([A-Za-z]{2,8}[0-9]{0,2}));/g;

/** `text` with its references replaced, those escaped twice too. Unknown ones stay. */
export function decodeEntities(text: string): string {
  return text.replace(REFERENCE, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED.get(name) ?? whole;
    return fromCodePoint(hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal)) ?? whole;
  });
}

function fromCodePoint(code: number): string | undefined {
  if (code >= 128 && code < 160) return WINDOWS_1252[code - 128];
  // Control characters, halves of surrogate pairs and what is beyond Unicode stand for nothing.
  if (code < 32) return ' ';
  if (code === 127 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return undefined;
  return String.fromCodePoint(code);
}
