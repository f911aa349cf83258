/** The activity bar's views and the palette, in English and in Japanese. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { dashboard } from './dashboardGestures.mjs';
import { runCommand } from './gestures.mjs';

/** See ui.mjs. */
export const VIEWS = { name: 'views', tests: opensViews(['Training Dashboard', 'Runs', 'Models']) };

/** See ui.mjs. VS Code's own words stay English here: see server.mjs. */
export const JAPANESE = {
  name: 'japanese',
  locale: 'ja',
  tests: {
    ...opensViews(['学習ダッシュボード', '実行', 'モデル']),

    'the dashboard and the status of runs are Japanese': async ({ page }) => {
      const frame = await dashboard(page);
      assert.match(
        await frame.locator('.run-header').innerText(),
        /実行中\s+蒸留\s+ステップ 120 \/ 4,000 · 3% · 残り 1:04:40/,
      );
      const buttons = await frame.locator('.run-header .actions vscode-button').allInnerTexts();
      assert.equal(buttons[0], '停止');
      const row = page.locator('.monaco-list-row', { hasText: 'livedoor' }).first();
      assert.match(await row.innerText(), /完了 · マクロ F1 0\.9034/);
      await page.screenshot({ path: path.join(OUTPUT, 'japanese.png') });
      // Words are Japanese or come from elsewhere: names, units, what code calls things.
      const english = (await frame.locator('main').innerText()).match(/\b[A-Z][a-z]{2,}( [a-z]+)+\b/g) ?? [];
      assert.deepEqual(english, []);
    },

    'a command has its Japanese name, asks and tells the cost in Japanese': async ({ page }) => {
      await runCommand(page, 'DistilBERT: 蒸留を開始');
      const rows = page.locator('.quick-input-list .monaco-list-row');
      await rows.filter({ hasText: '新しい設定…' }).waitFor();
      await rows.filter({ hasText: 'wiki.distill.json' }).first().click();
      const dialog = page.locator('.monaco-dialog-box', { hasText: 'wiki.distill.json' });
      await dialog.waitFor({ timeout: 60_000 });
      const detail = await dialog.innerText();
      for (const word of [/学習対象/, /ステップ/, /時間/, /メモリ/]) assert.match(detail, word);
      await page.screenshot({ path: path.join(OUTPUT, 'japanese-cost.png') });
      await page.keyboard.press('Escape');
    },
  },
};

function opensViews(titles) {
  return {
    'the activity bar opens the dashboard, the runs and the models': async ({ page }) => {
      await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
      const found = page.locator('.sidebar .pane-header .title');
      await found.nth(titles.length - 1).waitFor();
      assert.deepEqual(await found.allInnerTexts(), titles);
    },
  };
}
