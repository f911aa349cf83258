/** Pages that hold no article: redirects and disambiguations. */
import { templateName } from './templates.js';

const REDIRECT =
  /^\s*[#＃]\s*(?:redirect|転送|リダイレクト|重定向|넘겨주기|weiterleitung|redirection|redirección|redireccion|rinvia|doorverwijzing|перенаправление|перенапр|patrz|przekieruj)\s*[:：]?\s*\[\[/i;

const DISAMBIGUATIONS: ReadonlySet<string> = new Set(
  (
    'aimai|曖昧さ回避|曖昧|あいまい|disambig|disambiguation|disamb|disam|dab|dmbox|hndis|geodis|人名曖昧さ回避|地名曖昧さ回避|human name disambiguation|place name disambiguation|' +
    'mathdab|numberdis|schooldis|roaddis|shipindex|letter-number combination disambiguation|letter-numbercombdisambig|letter disambiguation|4ld|3ld|2ld|tlds|4cc|airport disambiguation'
  ).split('|'),
);

/** Longer names of templates are not looked at. */
const LONGEST_NAME = 60;

export function isRedirect(wikitext: string): boolean {
  return REDIRECT.test(wikitext.slice(0, 200));
}

/** By the title, 「…(曖昧さ回避)」, or by a template that marks such pages. */
export function isDisambiguation(wikitext: string, title: string): boolean {
  if (/[(（](?:曖昧さ回避|disambiguation)[)）]\s*$/.test(title)) return true;
  for (let at = wikitext.indexOf('{{'); at >= 0; at = wikitext.indexOf('{{', at + 2)) {
    const name = /^[^{}|<\n]+/.exec(wikitext.slice(at + 2, at + 2 + LONGEST_NAME))?.[0];
    if (name !== undefined && isDisambiguationTemplate(templateName(name))) return true;
  }
  return false;
}

function isDisambiguationTemplate(name: string): boolean {
  return DISAMBIGUATIONS.has(name) || name.endsWith('の曖昧さ回避');
}
