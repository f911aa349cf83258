/** XML's references to characters, as exports of MediaWiki have them. */

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** `text` with its references replaced, each once. Unknown ones stay. */
export function decodeXml(text: string): string {
  let at = text.indexOf('&');
  if (at < 0) return text;
  let decoded = '';
  let from = 0;
  for (; at >= 0; at = text.indexOf('&', at + 1)) {
    const end = text.indexOf(';', at + 1);
    if (end < 0) break;
    if (end - at > 10) continue;
    const character = referenced(text.slice(at + 1, end));
    if (character === undefined) continue;
    decoded += text.slice(from, at) + character;
    from = end + 1;
  }
  return decoded + text.slice(from);
}

function referenced(name: string): string | undefined {
  if (name.charCodeAt(0) !== 0x23) return NAMED[name];
  const code = /^#x[0-9a-fA-F]+$/.test(name)
    ? Number.parseInt(name.slice(2), 16)
    : /^#\d+$/.test(name)
      ? Number(name.slice(1))
      : Number.NaN;
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : undefined;
}
