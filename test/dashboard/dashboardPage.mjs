/** Opens one of the built pages in Chromium without VS Code: a page like the extension's, its policy included, and a stand-in for the editor. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { install, whyNot } from '../workbench/install.mjs';
import { THEMES } from './themes.mjs';

const ROOT = new URL('../../', import.meta.url);
const CHROMIUM = '/usr/bin/chromium';
const ADDRESS = 'http://dashboard.test/';

/** A headless browser; close it at the end. playwright-core is one of the workbench's packages, which are installed when missing. */
export function launchBrowser() {
  const reason = whyNot();
  if (reason) throw new Error(`The dashboard cannot be opened here: ${reason}`);
  install();
  const { chromium } = createRequire(new URL('test/workbench/', ROOT))('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

/**
 * A page that is ready: `post` sends it a message of the extension, `sent` are its own, `errors` what went wrong in it.
 * `language` is the page's; `state` what it kept the last time; `atStart` is a script that runs before all others; `script` is the
 * page's: `webview` is the dashboard, `corpus` the statistics of a corpus.
 */
export async function openDashboard(browser, options = {}) {
  const {
    theme = 'dark',
    place = 'view',
    width = 400,
    height = 1400,
    language = 'en',
    state,
    atStart,
    script = 'webview',
  } = options;
  const page = await browser.newPage({ viewport: { width, height } });
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.route(`${ADDRESS}**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: html(theme, place, language, script) });
    if (name !== `${script}.js` && name !== `${script}.css`) return route.fulfill({ status: 404 });
    const contentType = name.endsWith('.js') ? 'text/javascript' : 'text/css';
    return route.fulfill({ contentType, body: readFileSync(new URL(`dist/${name}`, ROOT)) });
  });
  const sent = [];
  await page.exposeFunction('messageSent', (message) => sent.push(message));
  await page.addInitScript((kept) => {
    let current = kept;
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.messageSent(message),
      getState: () => current,
      setState: (next) => {
        current = next;
        window.keptState = next;
      },
    });
  }, state);
  if (atStart) await page.addInitScript(atStart);
  await page.goto(ADDRESS);
  const post = (...messages) =>
    page.evaluate((all) => {
      for (const message of all) window.postMessage(message, '*');
    }, messages);
  return { page, post, sent, errors };
}

/** Changes the theme as VS Code does: the root's variables, then the body's class. */
export function setTheme(page, name) {
  const { bodyClass, variables } = THEMES[name];
  return page.evaluate(
    ([className, all]) => {
      for (const [name, value] of Object.entries(all)) {
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
      }
      document.body.className = className;
    },
    [bodyClass, variables],
  );
}

function html(theme, place, language, script) {
  const { bodyClass, variables } = THEMES[theme];
  const bundle = language === 'ja' ? readFileSync(new URL('l10n/bundle.l10n.ja.json', ROOT), 'utf8') : '{}';
  const words = bundle.replaceAll('<', '\\u003c');
  const policy = `default-src 'none'; script-src 'nonce-n'; style-src ${ADDRESS} 'nonce-n';`;
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta property="csp-nonce" content="n">
  <style nonce="n">:root { ${styleOf(variables)} } body { background: var(--vscode-${place === 'view' ? 'sideBar' : 'editor'}-background); }</style>
  <link rel="stylesheet" href="${ADDRESS}${script}.css">
</head>
<body class="${bodyClass}" data-place="${place}">
  <script type="application/json" id="words" nonce="n">${words}</script>
  <script type="module" nonce="n" src="${ADDRESS}${script}.js"></script>
</body>
</html>`;
}

function styleOf(variables) {
  return Object.entries(variables)
    .map(([name, value]) => `--vscode-${name}: ${value};`)
    .join(' ');
}
