/**
 * Times the dashboard's frames in Chromium: 100,000 steps of five losses (and three more curves), while steps are added, the pointer
 * moves, the range changes and the smoothing changes. A frame's work is all script from the event or animation frame to the last
 * draw call, and the painting of the canvases' pixels, which reading one of them waits for.
 */

import { cpus, loadavg } from 'node:os';
import { launchBrowser, openDashboard } from './dashboardPage.mjs';
import { DISTILLATION, distillationLines, summary } from './madeUpRuns.mjs';

const STEPS = 100_000;
const LINES_A_MESSAGE = 800;
const FRAMES = 120;
/** What a screen of 60 pictures a second leaves for a frame. */
const BUDGET_MS = 16;

/** Wraps what draws, before the page's own script runs: each frame's work in milliseconds goes into `window.frames`. */
function timeFrames() {
  window.frameTimes = [];
  const request = window.requestAnimationFrame.bind(window);
  window.nextFrame = () => new Promise((resolve) => request(() => setTimeout(resolve)));
  window.requestAnimationFrame = (draw) =>
    request((time) => {
      const start = performance.now();
      draw(time);
      // uPlot draws in a microtask after this one's task; ours comes after it.
      queueMicrotask(() =>
        queueMicrotask(() => {
          for (const canvas of document.querySelectorAll('canvas')) canvas.getContext('2d').getImageData(0, 0, 1, 1);
          window.frameTimes.push(performance.now() - start);
        }),
      );
    });
}

/** Resolves with one object: milliseconds of a frame's work for each thing that is going on, and how long the first reading took. */
export async function measureFrames({ width = 900 } = {}) {
  const browser = await launchBrowser();
  try {
    const run = summary('wiki', { globalStep: STEPS, totalSteps: 2 * STEPS });
    const { page, post, errors } = await openDashboard(browser, {
      width,
      height: 1000,
      state: { selected: [run.folder], smoothing: 0.6 },
      atStart: timeFrames,
    });
    const cpu = await cpuClock(page);
    await post({ type: 'runs', runs: [run] }, { type: 'config', folder: run.folder, config: DISTILLATION });
    const loadMs = await load(post, page, run);
    const frames = {
      append: await during(page, cpu, async (frame) => {
        const from = STEPS + 10 * frame + 1;
        const lines = distillationLines(from, from + 9, 2 * STEPS);
        await post({ type: 'metrics', folder: run.folder, reset: false, lines, complete: true });
      }),
      smooth: await during(page, cpu, (frame) =>
        page.evaluate(
          (value) => {
            const slider = document.querySelector('#smoothing');
            slider.value = String(value);
            slider.dispatchEvent(new Event('input'));
          },
          0.3 + (frame % 60) / 100,
        ),
      ),
      zoom: await during(page, cpu, async (frame) => {
        await page
          .locator('.plot')
          .first()
          .press(frame % 24 < 12 ? '+' : '-');
      }),
      hover: await hover(page),
    };
    // On a busy machine the clock also counts what others do.
    const slowest = Math.max(...Object.values(frames).map(({ cpu: own, median }) => own ?? median));
    return {
      mode: 'dashboard',
      steps: STEPS,
      curves: 5,
      width,
      cpu: cpus()[0]?.model.trim(),
      loadMs: Math.round(loadMs),
      load: loadavg()[0],
      frameMs: frames,
      budgetMs: BUDGET_MS,
      withinBudget: slowest < BUDGET_MS,
      errors,
    };
  } finally {
    await browser.close();
  }
}

/** Sends the whole history as the extension does, in pieces; gives the time until it is drawn. */
async function load(post, page, run) {
  const pieces = [];
  for (let from = 1; from <= STEPS; from += LINES_A_MESSAGE) {
    pieces.push(distillationLines(from, Math.min(STEPS, from + LINES_A_MESSAGE - 1), 2 * STEPS));
  }
  const start = performance.now();
  for (const [index, lines] of pieces.entries()) {
    await post({
      type: 'metrics',
      folder: run.folder,
      reset: index === 0,
      lines,
      complete: index === pieces.length - 1,
    });
  }
  await page.locator('.loading').waitFor({ state: 'hidden' });
  return performance.now() - start;
}

/**
 * The times of the frames that `act` brings about, called once for each. `cpu` is the mean time on the page's main thread, which other
 * processes do not add to; what it takes to drive the page (`idle`) is taken off.
 */
async function during(page, cpu, act) {
  const driven = async (step) => {
    const before = await cpu();
    for (let frame = 0; frame < FRAMES; frame++) {
      await step(frame);
      await page.evaluate(() => window.nextFrame());
    }
    return (1000 * ((await cpu()) - before)) / FRAMES;
  };
  const idle = await driven(async () => {});
  await taken(page);
  const busy = await driven(act);
  return { ...summaryOf(await taken(page)), cpu: rounded(busy - idle) };
}

/** Seconds of processor time that the page's main thread has taken. */
async function cpuClock(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
}

/** Moving the pointer draws no curve: what counts is the work of the event. */
async function hover(page) {
  await page.evaluate(() => {
    window.hoverTimes = [];
    const over = document.querySelector('.u-over');
    const box = over.getBoundingClientRect();
    return new Promise((resolve) => {
      let frame = 0;
      const move = () => {
        const clientX = box.left + ((frame * 7) % box.width);
        const start = performance.now();
        over.dispatchEvent(
          new MouseEvent('mousemove', { clientX, clientY: box.top + 50, movementX: 7, bubbles: true }),
        );
        // The layout that the moved cursors and the new words ask for.
        document.body.getBoundingClientRect();
        window.hoverTimes.push(performance.now() - start);
        if (++frame < 120) setTimeout(move, 16);
        else resolve();
      };
      move();
    });
  });
  return summaryOf(await page.evaluate(() => window.hoverTimes));
}

function taken(page) {
  return page.evaluate(() => window.frameTimes.splice(0));
}

function summaryOf(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
  return { frames: sorted.length, median: at(0.5), p95: at(0.95), max: at(1) };
}

function rounded(value) {
  return Math.round(100 * value) / 100;
}
