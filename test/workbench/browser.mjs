/** Drives the workbench in Chromium through playwright-core: opens it with the extension under test, and the gestures the UI tests share. */

import { chromium } from 'playwright-core';
import { CHROMIUM, EXTENSION } from './paths.mjs';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];

/** A headless browser; close it at the end. */
export function launchBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
}

/** A page of our own, in a profile of its own. */
export async function newPage(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return context.newPage();
}

/** Loads the workbench on `folder`; `payload` adds to what tells it which extension to load. */
export async function openWorkbench(page, server, folder, payload = {}) {
  const entries = Object.entries({
    extensionDevelopmentPath: remote(server, EXTENSION),
    skipWelcome: 'true',
    ...payload,
  });
  const query = new URLSearchParams({ folder, payload: JSON.stringify(entries) });
  await page.goto(`${server.url}/?${query}`);
}

/** A path on the server as the browser must name it. */
export function remote(server, file) {
  return `vscode-remote://${new URL(server.url).host}${file}`;
}

/** Opens the command palette, types, and gives the row with this label once it is there. */
async function paletteRow(page, label) {
  const input = page.locator('.quick-input-widget input[type=text]');
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
  // A workbench that is still loading may take the key or the text away again.
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press('F1');
    await input.fill(`>${label}`);
    const shown = await row.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (shown) return row;
    if (attempt === 4) throw new Error(`The palette does not offer ${label}`);
    await page.keyboard.press('Escape');
  }
}

/** Runs a command from the palette by its full label. */
export async function runCommand(page, label) {
  await (await paletteRow(page, label)).click();
}

/** The frame of our webview, which lies two frames deep in the page, once `selector` is in it. */
export async function webviewFrame(page, selector, timeoutMs = 20_000) {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await page.waitForTimeout(100)) {
    for (const frame of page.frames()) {
      // A frame may be replaced while we look.
      if (await frame.$(selector).catch(() => null)) return frame;
    }
  }
  throw new Error(`No webview shows ${selector}`);
}
