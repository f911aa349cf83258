/** Drives the workbench in Chromium through playwright-core: opens it with the extension under test, and the gestures the UI tests share. */

import { chromium } from 'playwright-core';
import { CHROMIUM } from './paths.mjs';

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

/** A page of our own, in a profile of its own; `locale` is the language that it asks for. */
export async function newPage(browser, locale = 'en-US') {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale });
  return context.newPage();
}

/** Loads the workbench on `folder`; `payload` says what VS Code's command line would otherwise. */
export async function openWorkbench(page, server, folder, payload = {}) {
  const entries = Object.entries({ skipWelcome: 'true', ...payload });
  const query = new URLSearchParams({ folder, payload: JSON.stringify(entries) });
  await page.goto(`${server.url}/?${query}`);
}

/** A path on the server as the browser must name it. */
export function remote(server, file) {
  return `vscode-remote://${new URL(server.url).host}${file}`;
}
