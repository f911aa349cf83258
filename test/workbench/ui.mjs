/** Runs the tests of the user interface: each subject opens the workbench anew, on a folder of its own. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { newPage, openWorkbench } from './browser.mjs';
import { OUTPUT } from './paths.mjs';
import { report } from './report.mjs';
import { CLASSIFICATION } from './ui/classification.mjs';
import { CORPUS } from './ui/corpus.mjs';
import { CORPUS_BUILD } from './ui/corpusBuild.mjs';
import { DASHBOARD } from './ui/dashboard.mjs';
import { DEVICE } from './ui/device.mjs';
import { EXPORT } from './ui/exporting.mjs';
import { closeWhatIsOpen } from './ui/gestures.mjs';
import { IDLE_GPU } from './ui/idleGpu.mjs';
import { RUNS } from './ui/runs.mjs';
import { SAMPLES } from './ui/sample.mjs';
import { START } from './ui/start.mjs';
import { UPLOAD } from './ui/upload.mjs';
import { JAPANESE, VIEWS } from './ui/views.mjs';
import { makeWorkspace } from './workspace.mjs';

/** Every subject is `{ name, tests }`, and may have a `locale`, a `makeWorkspace` of its own, and `inOrder`: its tests build on those before; a test gets `{ page, workspace, console, server, hub }` and leaves the workbench as it found it. */
const SUBJECTS = [
  VIEWS,
  JAPANESE,
  START,
  DEVICE,
  IDLE_GPU,
  RUNS,
  CLASSIFICATION,
  CORPUS,
  CORPUS_BUILD,
  EXPORT,
  UPLOAD,
  DASHBOARD,
  ...SAMPLES,
];

/** Resolves with one `{ name, error, durationMs }` a test of the subjects whose name is among `words`, or of all. */
export async function runUi(server, browser, words) {
  mkdirSync(OUTPUT, { recursive: true });
  const results = [];
  const isMeant = ({ name }) =>
    words.length === 0 || words.some((word) => name === word || name.startsWith(`${word}-`));
  for (const subject of SUBJECTS.filter(isMeant)) results.push(...(await runTwice(server, browser, subject)));
  return results;
}

/** A subject that fails is run once more, from the beginning, and both runs are told: a browser on a busy machine loses a click now and then, but not twice. */
async function runTwice(server, browser, subject) {
  const first = await runSubject(server, browser, subject, { untilOneFails: true });
  if (first.every(({ error }) => error === null)) return first;
  console.log(`${subject.name} failed and is run again. The first run:`);
  report(first);
  return runSubject(server, browser, subject);
}

async function runSubject(server, browser, { name, locale, tests, ...own }, { untilOneFails = false } = {}) {
  const workspace = (own.makeWorkspace ?? makeWorkspace)();
  const page = await newPage(browser, locale);
  const results = [];
  try {
    const console = [];
    page.on('console', (message) => console.push(message.text()));
    await openWorkbench(page, server, workspace.folder);
    await page.locator('.activitybar a[aria-label="DistilBERT"]').waitFor({ timeout: 60_000 });
    for (const [title, test] of Object.entries({ ...tests, ...QUIET })) {
      const start = performance.now();
      if (!own.inOrder) await closeWhatIsOpen(page);
      if (own.inOrder && title in tests && results.some(({ error }) => error !== null)) {
        results.push({ name: `${name}: ${title}`, error: 'Not run, because one before it failed.', durationMs: 0 });
        continue;
      }
      const error = await test({ page, workspace, console, server, hub: server.hub }).then(
        () => null,
        (reason) => reason.stack ?? String(reason),
      );
      results.push({ name: `${name}: ${title}`, error, durationMs: performance.now() - start });
      if (error) await page.screenshot({ path: path.join(OUTPUT, `failed-${name}-${results.length}.png`) });
      if (error && untilOneFails) break;
    }
  } finally {
    await page.context().close();
    workspace.remove();
  }
  return results;
}

/** Comes last in every subject. */
const QUIET = {
  'nothing broke the content security policy, and no script failed': async ({ console }) => {
    const faults = console.filter((text) => /Content Security Policy|Refused to|Uncaught/.test(text));
    if (faults.length > 0) throw new Error(faults.join('\n'));
  },
};
