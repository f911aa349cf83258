/** What tests read from the page of a corpus's statistics. */

import { webviewFrame } from './gestures.mjs';

/** The page's frame, once it shows a corpus. */
export function statistics(page, timeoutMs = 60_000) {
  return webviewFrame(page, '.corpus-header .figures', timeoutMs);
}

/** The figures at the page's head, by name. */
export async function figures(frame) {
  const pairs = await frame
    .locator('.corpus-header .figures > div')
    .evaluateAll((all) => all.map((one) => [one.querySelector('dt').innerText, one.querySelector('dd').innerText]));
  return Object.fromEntries(pairs);
}
