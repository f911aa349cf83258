/** The activity bar's views, in English and in Japanese. */

import assert from 'node:assert/strict';

/** See ui.mjs. */
export const VIEWS = { name: 'views', tests: opensViews(['Training Dashboard', 'Runs', 'Models']) };

/** See ui.mjs. */
export const JAPANESE = { name: 'japanese', locale: 'ja', tests: opensViews(['学習ダッシュボード', '実行', 'モデル']) };

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
