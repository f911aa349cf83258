/** What tests do with trainings and the dashboard: start one, read how far it is. */

import { readFileSync, writeFileSync } from 'node:fs';
import { runCommand, webviewFrame } from './gestures.mjs';

/** Starts a training from the palette with a config of the workspace; `look` sees the dialog that tells the cost. */
export async function startTraining(page, command, config, look = async () => {}) {
  await runCommand(page, `DistilBERT: ${command}`);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: config }).first().click();
  const dialog = page.locator('.monaco-dialog-box', { hasText: `Start ${config}?` });
  // The estimate loads the models and times some steps.
  await dialog.waitFor({ timeout: 90_000 });
  await look(dialog);
  await dialog.getByText('Start', { exact: true }).click();
}

/** The dashboard's frame, once it shows a run. */
export function dashboard(page) {
  return webviewFrame(page, '.run-header .status', 90_000);
}

/** Waits until the main run has this status. */
export async function showsStatus(frame, status, timeout = 30_000) {
  await frame.locator('.run-header .status', { hasText: status }).waitFor({ timeout });
}

/** What the header says of how far the run is. */
export async function progress(frame) {
  const [step, total] = (await frame.locator('.progress-text').innerText()).match(/[\d,]+/g).map(number);
  return { step, total };
}

/** The last step on the first chart, as it is described to those who do not see it; 0 while it is empty. */
export async function lastStep(frame) {
  const label = await frame.locator('.chart .plot').first().getAttribute('aria-label');
  return number(/steps [\d,]+ to ([\d,]+)/.exec(label)?.[1] ?? '0');
}

/** Changes some settings of a config. */
export function changeJson(file, settings) {
  writeFileSync(file, `${JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...settings }, null, 2)}\n`);
}

function number(text) {
  return Number(text.replaceAll(',', ''));
}
