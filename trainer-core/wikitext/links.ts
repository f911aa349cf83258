/** What a link shows. */
import { WIKIPEDIA_LANGUAGES } from './wikipediaLanguages.js';

const WEB_ADDRESS = /^(?:(?:https?|ftp):)?\/\//i;

/** Whether a link to `target` shows nothing where it stands: a file, a category, the same article in another language. A colon in front of it all makes it a link like any other. */
export function isSilent(target: string, silentNamespaces: ReadonlySet<string>): boolean {
  const colon = target.indexOf(':');
  if (colon <= 0) return false;
  const prefix = target.slice(0, colon).replaceAll('_', ' ').trim().toLowerCase();
  return silentNamespaces.has(prefix) || WIKIPEDIA_LANGUAGES.has(prefix);
}

/** What `[[target]]` shows. */
export function targetText(target: string): string {
  const shown = target.trim();
  if (WEB_ADDRESS.test(shown)) return addressText(shown);
  return shown.startsWith(':') ? shown.slice(1) : shown;
}

/** What `[[target|]]` shows: the target without its namespace and what is in brackets or behind a comma at its end. */
export function pipeTrick(target: string): string {
  const name = targetText(target);
  const local = name.slice(name.indexOf(':') + 1).trim();
  const short = local.replace(/(?:\([^()]*\)|（[^（）]*）)$/, '');
  if (short !== local) return short.trimEnd();
  const comma = local.search(/[,，、] /);
  return comma < 0 ? local : local.slice(0, comma);
}

/** What `[address text]` shows: the text; nothing without one. */
export function addressText(inside: string): string {
  const space = inside.search(/[\s\u3000]/);
  return space < 0 ? '' : inside.slice(space + 1).trim();
}

/** What `-{ … }-` shows: its text, or the first of its variants. */
export function variantText(inside: string): string {
  const flagged = /^\s*([A-Za-z;-]{0,12})\s*\|/.exec(inside);
  // T, H, D, N and - say how a word is written elsewhere on the page.
  if (flagged !== null && /[THDN-]/.test(flagged[1]!) && !/[AS]/.test(flagged[1]!)) return '';
  const text = flagged === null ? inside : inside.slice(flagged[0].length);
  const variant = /^\s*[a-z]{2,3}(?:-[a-z]+)*\s*:([^;]*)/i.exec(text);
  return (variant === null ? text : variant[1]!).trim();
}
