/**
 * What a user does in the dashboard and sees of a corpus, on the built pages in Chromium without VS Code: `node test/dashboard/behaviour.mjs`.
 * Each test opens a page of its own.
 */

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { launchBrowser, openDashboard, setTheme } from './dashboardPage.mjs';
import { madeUpManifest } from './madeUpCorpus.mjs';
import { DISTILLATION, distillationLines, FINE_TUNING, finetuneLines, onCard, summary } from './madeUpRuns.mjs';

const wiki = summary('wiki', {});
const other = summary('other', { status: 'stopped', secondsLeft: null });
const news = summary('news', {
  objective: 'finetune',
  status: 'failed',
  secondsLeft: null,
  error: 'The disk is full.',
});
const runs = { type: 'runs', runs: [wiki, other, news] };
const metrics = ({ folder }, lines, more = {}) => ({
  type: 'metrics',
  folder,
  reset: true,
  lines,
  complete: true,
  ...more,
});
const distilled = (run, to = 400) => [
  { type: 'config', folder: run.folder, config: DISTILLATION },
  metrics(run, distillationLines(1, to, 4000)),
];
const finetuned = [{ type: 'config', folder: news.folder, config: FINE_TUNING }, metrics(news, finetuneLines(45))];

const TESTS = {
  'follows the run that is going on, and shows its figures and what can be done to it': async ({ open }) => {
    const { page, sent, post } = await open();
    await post(runs);
    await until(() => sent.length >= 2);
    assert.deepEqual(sent, [{ type: 'ready' }, { type: 'follow', folders: [wiki.folder] }]);
    await post(...distilled(wiki));
    assert.equal(await page.locator('h1').innerText(), 'wiki');
    assert.match(await page.locator('.progress-text').innerText(), /^Step 2,400 of 4,000 · 60% · 24:00 left$/);
    assert.deepEqual(await page.locator('.actions vscode-button').allInnerTexts(), [
      'Stop',
      'Save Checkpoint Now',
      'Show in Explorer',
      'Show Log',
    ]);
    await page.locator('.actions vscode-button', { hasText: 'Stop' }).click();
    await until(() => sent.length === 3);
    assert.deepEqual(sent[2], { type: 'runAction', action: 'stop', folder: wiki.folder });
  },

  'shows where a run computes, and memory and load of a graphics card where it tells them': async ({ open }) => {
    const onGpu = {
      ...wiki,
      device: { name: 'webgpu', description: 'NVIDIA GeForce RTX 4070' },
      deviceUsage: { memoryUsedBytes: 9.4e9, memoryTotalBytes: 12.88e9, utilization: 0.964 },
    };
    const { page, post } = await open();
    await post({ type: 'runs', runs: [onGpu] }, metrics(onGpu, distillationLines(1, 50, 4000, 0, onCard)));
    const figure = async (name) => {
      const items = await page.locator('.run-header .figures > div').allInnerTexts();
      return items
        .find((text) => text.startsWith(name))
        ?.slice(name.length)
        .trim();
    };
    await untilEqual(() => figure('Device'), 'webgpu · NVIDIA GeForce RTX 4070');
    assert.equal(await figure('GPU memory'), '9.40 GB of 12.88 GB');
    assert.equal(await figure('GPU load'), '96%');
    const charts = () => page.locator('.chart.small h3').allInnerTexts();
    await until(async () => (await charts()).length === 5);
    assert.deepEqual((await charts()).slice(-2), ['GPU memory', 'GPU load']);
    const plot = page.locator('.chart.small', { hasText: 'GPU load' }).locator('.plot');
    assert.match(await plot.getAttribute('aria-label'), /GPU load.*steps 1 to 50/);

    // A processor has neither, and its run no room for them.
    await post({ type: 'runs', runs: [wiki] }, metrics(wiki, distillationLines(1, 50, 4000)));
    await untilEqual(() => figure('Device'), 'cpu · A processor, 8 threads');
    assert.equal(await figure('GPU memory'), undefined);
    await until(async () => (await charts()).length === 3);
  },

  'says why a run failed and offers to resume it': async ({ open }) => {
    const { page, post } = await open({ state: { selected: [news.folder] } });
    await post(runs, ...finetuned);
    assert.equal(await page.locator('.reason').innerText(), 'The disk is full.');
    assert.ok((await page.locator('.actions vscode-button').allInnerTexts()).includes('Resume'));
  },

  'says when memory ran out and when a checkpoint was damaged': async ({ open }) => {
    const { page, post } = await open();
    await post(runs, ...distilled(wiki, 100));
    assert.ok(await page.locator('.remarks').isHidden());
    const halved = { type: 'runsHalved', globalStep: 90, tokensPerRun: 512 };
    const skipped = { type: 'checkpointSkipped', globalStep: 80, folder: `${wiki.folder}/step-000090`, reason: 'sum' };
    const lines = [halved, skipped].map((event) => `${JSON.stringify(event)}\n`).join('');
    await post(metrics(wiki, lines, { reset: false }));
    const said = await page.locator('.remarks li').allInnerTexts();
    assert.match(said[0], /^Memory ran out at step 91\..* 512 tokens/);
    assert.match(said[1], /^The checkpoint step-000090 was damaged/);
  },

  'grows with the run, and starts again where a resumed run does': async ({ open }) => {
    const { page, post } = await open();
    await post(runs, ...distilled(wiki, 100));
    const plot = page.locator('.plot').first();
    const last = async () => (await plot.getAttribute('aria-label')).match(/to ([\d,]+)\./)[1];
    await untilEqual(last, '100');
    await post(metrics(wiki, distillationLines(101, 150, 4000), { reset: false }));
    await untilEqual(last, '150');
    await post(metrics(wiki, distillationLines(1, 120, 4000)));
    await untilEqual(last, '120');
  },

  'zooms by a drag, in all charts, and back by a double click': async ({ open }) => {
    const { page, post } = await open();
    await post(runs, ...distilled(wiki));
    const plots = page.locator('.plot');
    const over = page.locator('.u-over').first();
    const box = await over.boundingBox();
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await page.mouse.up();
    const labels = () => plots.evaluateAll((all) => all.map((plot) => plot.getAttribute('aria-label')));
    await until(async () => (await labels()).every((label) => /steps (9|10|11)\d to (19|20|21)\d\./.test(label)));
    const kept = await page.evaluate(() => window.keptState.zoom);
    assert.ok(kept[0] > 90 && kept[1] < 220, String(kept));
    await over.dblclick({ position: { x: 100, y: 50 } });
    await until(async () => (await labels()).every((label) => label.includes('steps 1 to 400.')));
  },

  'reads values by keyboard: arrows, Home and End move the cursor, plus and Escape zoom': async ({ open }) => {
    const { page, post } = await open();
    await post(runs, ...distilled(wiki));
    const plot = page.locator('.plot').first();
    const said = page.locator('[aria-live]');
    await plot.press('Home');
    await untilEqual(async () => (await said.innerText()).split(',')[0], 'Step 1');
    assert.match(await said.innerText(), /Total loss [\d.]+, CE \(teacher\) [\d.]+/);
    await plot.press('End');
    await untilEqual(async () => (await said.innerText()).split(',')[0], 'Step 400');
    await plot.press('ArrowLeft');
    await untilEqual(async () => (await said.innerText()).split(',')[0], 'Step 399');
    const label = () => plot.getAttribute('aria-label');
    await plot.press('+');
    await until(async () => !(await label()).includes('steps 1 to 400'));
    await plot.press('Escape');
    await until(async () => (await label()).includes('steps 1 to 400'));
  },

  'shows the values under the pointer in the legends of all charts': async ({ open }) => {
    const { page, post } = await open();
    await post(runs, ...distilled(wiki));
    const values = () => page.locator('.legend .value').allInnerTexts();
    await until(async () => (await values()).length > 5);
    const before = await values();
    await page
      .locator('.u-over')
      .first()
      .hover({ position: { x: 30, y: 50 } });
    await until(async () => {
      const now = await values();
      return now[0] !== before[0] && now.at(-2) !== before.at(-2);
    });
    await page.locator('h1').hover();
    await until(async () => (await values()).join() === before.join());
  },

  'lays runs over each other, with what differs in their settings': async ({ open }) => {
    const { page, post, sent } = await open();
    await post(runs, ...distilled(wiki));
    await page.getByRole('checkbox', { name: 'Show other beside others' }).click();
    await until(() => sent.at(-1).type === 'follow' && sent.at(-1).folders.length === 2);
    assert.deepEqual(sent.at(-1).folders, [wiki.folder, other.folder]);
    await post(...distilled(wiki), {
      type: 'config',
      folder: other.folder,
      config: { ...DISTILLATION, temperature: 4 },
    });
    await post(metrics(other, distillationLines(1, 200, 4000, 2)));
    await until(async () => (await page.locator('.chart').first().locator('.legend-item').count()) === 2);
    assert.equal(await page.locator('.chart h3').first().innerText(), 'Total loss');
    const swatches = await page
      .locator('.runs .swatch line')
      .evaluateAll((lines) =>
        lines.map((line) => [getComputedStyle(line).stroke, line.getAttribute('stroke-dasharray')].join(' ')),
      );
    assert.equal(new Set(swatches).size, 2);
    await page.locator('summary', { hasText: 'Settings that differ (1)' }).click();
    assert.equal(await page.locator('.settings tbody').innerText(), 'temperature\t2\t4');
    // The last run stays.
    await page.getByRole('checkbox', { name: 'Show other beside others' }).click();
    await page.locator('.runs li', { hasText: 'wiki' }).locator('vscode-checkbox').click();
    await until(() => sent.at(-1).folders.join() === wiki.folder);
    assert.equal(await page.locator('.runs vscode-checkbox[aria-checked=true]').count(), 1);
  },

  'shows what the extension asks for': async ({ open }) => {
    const { post, sent } = await open();
    await post(runs, { type: 'show', folders: [other.folder, wiki.folder] });
    await until(() => sent.at(-1).type === 'follow' && sent.at(-1).folders[0] === other.folder);
  },

  'hides and shows curves, smooths, and has the same to show after it was loaded again': async ({ open }) => {
    const first = await open();
    await first.post(runs, ...distilled(wiki));
    await first.page.locator('.legend-item', { hasText: 'MLM' }).click();
    await first.page.locator('#smoothing').fill('0.9');
    await first.page.locator('vscode-checkbox', { hasText: 'Log scale' }).click();
    const kept = () => first.page.evaluate(() => window.keptState);
    await until(async () => (await kept()).logScale);
    const second = await open({ state: await kept() });
    await second.post(runs, ...distilled(wiki));
    const pressed = second.page.locator('.legend-item', { hasText: 'MLM' });
    await untilEqual(() => pressed.getAttribute('aria-pressed'), 'false');
    assert.equal(await second.page.locator('#smoothing').inputValue(), '0.9');
    assert.equal(
      await second.page.locator('vscode-checkbox', { hasText: 'Log scale' }).getAttribute('aria-checked'),
      'true',
    );
  },

  'copies a chart as CSV and saves it as SVG and PNG': async ({ open }) => {
    const { page, post, sent } = await open();
    await post(runs, ...distilled(wiki, 50));
    await page.getByRole('button', { name: 'Copy as CSV' }).first().click();
    await until(() => sent.at(-1).type === 'copy');
    const lines = sent.at(-1).text.trim().split('\r\n');
    assert.equal(lines[0], 'step,Total loss,CE (teacher),MLM,MSE,Cosine');
    assert.equal(lines.length, 51);
    await page.getByRole('button', { name: 'Save as SVG' }).first().click();
    await until(() => sent.at(-1).format === 'svg');
    assert.match(
      Buffer.from(sent.at(-1).base64, 'base64').toString(),
      /^<svg .*>Losses<\/text>.*<polyline .*<\/svg>\n$/s,
    );
    await page.getByRole('button', { name: 'Save as PNG' }).first().click();
    await until(() => sent.at(-1).format === 'png');
    const png = Buffer.from(sent.at(-1).base64, 'base64');
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.equal(png.readUInt32BE(16), 1920);
  },

  'has a table in the place of each chart': async ({ open }) => {
    const { page, post } = await open();
    await post(runs, ...distilled(wiki, 1000));
    await page.locator('vscode-checkbox', { hasText: 'Show as table' }).click();
    const rows = page.locator('.chart').first().locator('tbody tr');
    await until(async () => (await rows.count()) === 200);
    assert.match(await rows.last().innerText(), /^1,000\t[\d.]+\t/);
    assert.equal(await page.locator('.u-over:visible').count(), 0);
  },

  'sorts classes, turns the pages of misread examples and opens one': async ({ open }) => {
    const { page, post, sent } = await open({ state: { selected: [news.folder] } });
    await post(runs, ...finetuned);
    assert.equal(await page.locator('.confusion tbody tr').count(), 9);
    await page.getByRole('button', { name: 'F1', exact: true }).click();
    const scores = () =>
      page
        .locator('.classes tbody tr')
        .evaluateAll((rows) => rows.map((row) => Number.parseFloat(row.cells[3].innerText)));
    await until(async () => (await page.locator('.classes th[aria-sort=descending]').count()) === 1);
    assert.deepEqual(
      await scores(),
      (await scores()).toSorted((a, b) => b - a),
    );
    assert.equal(await page.evaluate(() => document.activeElement.dataset.focus), 'class-f1');
    assert.equal(await page.locator('.example').count(), 20);
    await page.locator('vscode-button', { hasText: 'Next' }).click();
    await page.locator('vscode-button', { hasText: 'Next' }).click();
    await until(async () => (await page.locator('.example').count()) === 5);
    await page.locator('.example').first().click();
    await until(() => sent.at(-1).type === 'openExample');
    assert.deepEqual(sent.at(-1), { type: 'openExample', folder: news.folder, split: 'test', line: 122 });
  },

  'tells intervals, averages and calibration, in words and in a table, and older runs without': async ({ open }) => {
    const { page, post } = await open({ state: { selected: [news.folder] } });
    await post(runs, ...finetuned);
    const accuracy = page.locator('.evaluation .figures > div').first();
    assert.match((await accuracy.innerText()).replace(/\s+/g, ' '), /^Accuracy [\d.]+% [\d.]+% to [\d.]+%$/);
    assert.equal(await page.locator('.classes tfoot tr').count(), 3);
    const curve = page.getByRole('img', { name: /^Reliability curve: the calibration error is 8\.3%/ });
    assert.equal(await curve.locator('.accuracy-bar').count(), 11);
    await page.locator('.reliability summary').focus();
    await page.keyboard.press('Enter');
    await until(() => page.evaluate(() => window.keptState?.calibrationOpen === true));
    assert.equal(await page.locator('.reliability tbody tr:visible').count(), 11);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.focus), 'calibration-table');
    assert.match(await page.locator('.evaluation .note').last().innerText(), /^These are the 45 .* of 212\./);

    const older = await open({ state: { selected: [news.folder] } });
    await older.post(runs, metrics(news, finetuneLines(45, true)));
    assert.equal(await older.page.locator('.confusion tbody tr').count(), 9);
    assert.equal(await older.page.locator('.interval, .reliability, .classes tfoot').count(), 0);
  },

  'shows several labels an example, and numbers, each with what it has': async ({ open }) => {
    const { page, post, sent } = await open({ state: { selected: [news.folder] } });
    const told = (report, globalStep = 9) =>
      metrics(
        news,
        `${JSON.stringify({ type: 'evaluated', globalStep, epoch: 1, split: 'dev', metrics: {}, best: true, report })}\n`,
      );
    const average = { precision: 0.5, recall: 0.5, f1: 0.5 };
    await post(
      runs,
      told({
        problemType: 'multi_label_classification',
        examples: 4,
        ...{ accuracy: 0.25, macroF1: 0.5, samplesF1: 0.6, loss: 0.3 },
        averages: { macro: average, micro: average, weighted: average },
        calibration: { ece: 0.1, brier: 0.2, bins: [] },
        classes: [{ label: '映画', ...average, support: 2 }],
        misreadCount: 1,
        misread: [{ file: '/work/a.csv', line: 7, text: '映画', label: '', predicted: '映画', score: 0.8 }],
      }),
    );
    assert.match(await page.locator('.evaluation .figures').innerText(), /All labels right\s+25\.0%/);
    assert.equal(await page.locator('.confusion').count(), 0);
    await page.locator('.example').click();
    await until(() => sent.at(-1).type === 'openExample');
    assert.equal(sent.at(-1).file, '/work/a.csv');
    await post(
      told(
        {
          problemType: 'regression',
          examples: 2,
          ...{ mse: 1.5, mae: 1, r2: null, pearson: 0.9, spearman: null, loss: 1.5 },
          furthest: [{ line: 3, text: '星', truth: 5, predicted: 2.5 }],
        },
        18,
      ),
    );
    await until(async () => /R²\s+–/.test(await page.locator('.evaluation .figures').innerText()));
    assert.match(await page.locator('.example').innerText(), /true: 5\.000\s+predicted: 2\.500/);
  },

  'puts the scores of several runs side by side': async ({ open }) => {
    const rival = { ...news, folder: '/work/runs/rival', name: 'rival' };
    const both = { type: 'runs', runs: [wiki, news, rival] };
    const { page, post } = await open({ state: { selected: [news.folder, rival.folder] } });
    await post(both, ...finetuned, metrics(rival, finetuneLines(45)));
    const rows = page.locator('.run-scores tbody tr');
    await until(async () => (await rows.count()) === 2);
    assert.match(await rows.last().innerText(), /^rival\s+[\d.]+%/);
  },

  'changes the evaluation by data and epoch': async ({ open }) => {
    const { page, post } = await open({ state: { selected: [news.folder] } });
    await post(runs, ...finetuned);
    await page.locator('vscode-dropdown').first().click();
    await page.locator('vscode-option', { hasText: 'Development data' }).click();
    await until(async () => (await page.locator('vscode-option:visible, vscode-option').allInnerTexts()).length === 5);
    assert.deepEqual(await page.evaluate(() => window.keptState.evaluation), { split: 'dev', globalStep: null });
  },

  'offers a start where there is no run': async ({ open }) => {
    const { page, post, sent } = await open();
    await post({ type: 'runs', runs: [] });
    await page.locator('vscode-button', { hasText: 'Open Sample Workspace' }).click();
    await until(() => sent.at(-1).type === 'command');
    assert.equal(sent.at(-1).command, 'openSampleWorkspace');
  },

  'takes the colours of another theme at once': async ({ open }) => {
    const { page, post } = await open({ theme: 'dark' });
    await post(runs, ...distilled(wiki));
    const color = () =>
      page
        .locator('.legend .swatch line')
        .first()
        .evaluate((line) => getComputedStyle(line).stroke);
    const before = await color();
    const pixels = () =>
      page
        .locator('.plot canvas')
        .first()
        .evaluate((canvas) => canvas.toDataURL());
    const drawn = await pixels();
    await setTheme(page, 'light');
    await until(async () => (await color()) !== before && (await pixels()) !== drawn);
  },

  'shows the statistics of a corpus without cutting anything off, in 250 pixels and both languages': async ({
    open,
  }) => {
    for (const language of ['en', 'ja']) {
      const state = { open: ['lengthTable', 'input', 'making'] };
      const { page, post } = await open({ script: 'corpus', place: 'editor', width: 250, language, state });
      await post({ type: 'corpus', name: 'jawiki', folder: 'corpora/jawiki', manifest: madeUpManifest() });
      await page.locator('.counts').first().waitFor();
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll('main *')]
          .filter((each) => !each.closest('.table-scroll, .hidden'))
          .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
          .map((each) => each.outerHTML.slice(0, 100)),
      );
      assert.deepEqual(cut, []);
      // Words are Japanese or come from elsewhere: names, units, what code calls things.
      const english = (await page.locator('main').innerText()).match(/\b[A-Z]?[a-z]{2,}( [a-z]+)+\b/g) ?? [];
      if (language === 'ja') assert.deepEqual(english, []);
    }
  },

  'shows a corpus without a sequence, and does not show what is none': async ({ open }) => {
    const { page, post, sent } = await open({ script: 'corpus', place: 'editor' });
    await until(() => sent.length === 1);
    assert.deepEqual(sent, [{ type: 'ready' }]);
    const { report } = madeUpManifest();
    const empty = madeUpManifest({
      sequences: 0,
      tokens: 0,
      report: {
        documents: { read: 0, kept: 0, dropped: { otherNamespace: 0, redirect: 0, disambiguation: 0, noText: 0 } },
        sequences: { ...report.sequences, made: 0, kept: 0 },
        tokens: 0,
        unknownTokens: 0,
        lengths: { binWidth: 4, counts: [], mean: 0, longest: 0 },
        frequentPieces: [],
        faults: [],
      },
    });
    await post({ type: 'corpus', name: 'empty', folder: 'corpora/empty', manifest: empty });
    await page.locator('h1', { hasText: 'empty' }).waitFor();
    assert.doesNotMatch(await page.locator('main').innerText(), /NaN|Infinity|undefined/);
    assert.equal(await page.locator('.faults').count(), 0);
    // What the schema refuses leaves the page as it was.
    await post({ type: 'corpus', name: 'foreign', folder: 'corpora/foreign', manifest: { ...empty, idBytes: 3 } });
    await post({ type: 'problem', message: 'It is gone.' });
    await page.locator('.reason', { hasText: 'It is gone.' }).waitFor();
    assert.equal(await page.locator('h1', { hasText: 'foreign' }).count(), 0);
    await page.locator('vscode-button', { hasText: 'Open as Text' }).click();
    await until(() => sent.length === 2);
    assert.deepEqual(sent[1], { type: 'action', action: 'openText' });
  },

  'has a label and a visible focus for everything the keyboard reaches': async ({ open }) => {
    const { page, post } = await open({ state: { selected: [news.folder], settingsOpen: true } });
    await post(runs, ...finetuned);
    await page.locator('.example').first().waitFor();
    const seen = new Set();
    for (let press = 0; press < 120; press++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const active = document.activeElement;
        if (!active || active === document.body) return null;
        const inner = active.shadowRoot?.activeElement ?? active;
        const control = active.shadowRoot?.querySelector('.control, button') ?? active;
        const outlined = [active, inner, control].some((each) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(each);
          return outlineStyle !== 'none' && outlineWidth !== '0px';
        });
        const label = active.getAttribute('aria-label') ?? active.labels?.[0]?.innerText ?? active.innerText;
        return { name: `${active.localName}.${active.className}`, label: label?.trim() ?? '', outlined };
      });
      if (!focused) break;
      assert.ok(focused.label, `${focused.name} has no label`);
      const ringOfItsOwn = /^vscode-|^input/.test(focused.name);
      assert.ok(focused.outlined || ringOfItsOwn, `${focused.name} ${focused.label} shows no focus`);
      seen.add(focused.label.split('\n')[0]);
    }
    for (const label of [
      'Skip to the charts',
      'Resume',
      'news',
      'Smoothing',
      'Log scale',
      'F1',
      'Next',
      'Confusion matrix',
    ]) {
      assert.ok(
        [...seen].some((each) => each.startsWith(label)),
        `${label} was not reached: ${[...seen].join(' | ')}`,
      );
    }
  },
};

/** Resolves with one `{ name, error }` a test; `error` is null for those that passed. */
export async function runBehaviour(only = '') {
  const browser = await launchBrowser();
  const results = [];
  for (const [name, test] of Object.entries(TESTS).filter(([each]) => each.includes(only))) {
    const start = performance.now();
    const opened = [];
    const open = async (options = {}) => {
      const dashboard = await openDashboard(browser, { width: 500, ...options });
      opened.push(dashboard);
      return dashboard;
    };
    const error = await test({ open }).then(
      () => opened.flatMap(({ errors }) => errors)[0] ?? null,
      (reason) => reason.stack ?? String(reason),
    );
    for (const { page } of opened) await page.close();
    results.push({ name, error, durationMs: performance.now() - start });
  }
  await browser.close();
  return results;
}

async function until(holds) {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It never came to hold: ${holds}`);
}

async function untilEqual(get, expected) {
  let got;
  try {
    await until(async () => {
      got = await get();
      return got === expected;
    });
  } catch {
    assert.equal(got, expected);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = await runBehaviour(process.argv[2]);
  for (const { name, error } of results) console.log(`${error ? '✖' : '✔'} ${name}${error ? `\n${error}` : ''}`);
  process.exit(results.some(({ error }) => error) ? 1 : 0);
}
