/** What the UI tests do over and over: run a command, find a webview, read a notification, open a file, wait. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Opens the quick input with a key, types, and gives the row with this label once it is there. */
async function quickRow(page, key, text, label) {
  const input = page.locator('.quick-input-widget input[type=text]');
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
  // A workbench that is still loading may take the key or the text away again; a new file is found only after a while.
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press(key);
    const shown = await input
      .fill(text, { timeout: 5000 })
      .then(() => row.waitFor({ timeout: 5000 }))
      .then(
        () => true,
        () => false,
      );
    if (shown) return row;
    if (attempt === 4) throw new Error(`${key} does not offer ${label}`);
    await page.keyboard.press('Escape');
  }
}

/** Runs a command from the palette by its full label. */
export async function runCommand(page, label) {
  await (await quickRow(page, 'F1', `>${label}`, label)).click();
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

/** An open context menu; it lies in a shadow root that playwright looks into, whose host has no size of its own. */
const MENU = '.monaco-menu-container';

/** Chooses an entry of the context menu of `target`. */
export async function chooseInMenu(page, target, name, position) {
  const item = await openMenuWith(page, target, name, position);
  // A menu takes no click in its first moments, so that the right button's release chooses nothing: on a slow machine these are long.
  for (let attempt = 1; await item.isVisible(); attempt++) {
    if (attempt > 10) throw new Error(`The context menu does not take a click on ${name}`);
    await page.waitForTimeout(500);
    await item.click({ timeout: 2000 }).catch(() => {});
    await item.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => {});
  }
}

/** Opens the context menu until the entry is in it: a workbench that is still loading opens menus without what extensions add, and they stay so. */
async function openMenuWith(page, target, name, position) {
  const item = page.getByRole('menuitem', { name });
  for (let attempt = 1; attempt <= 20; attempt++) {
    await target.click({ button: 'right', position });
    await page.locator(MENU).first().waitFor();
    const isThere = await item.waitFor({ timeout: 1000 }).then(
      () => true,
      () => false,
    );
    if (isThere) return item;
    await closeWhatIsOpen(page);
  }
  throw new Error(`The context menu has no ${name}`);
}

/** Closes a menu or question that is open, so that the next gesture, or the next test, does not fail for it. */
export async function closeWhatIsOpen(page) {
  const open = page.locator(`${MENU}, .quick-input-widget`);
  for (let attempt = 1; attempt <= 5 && (await open.locator('visible=true').count()) > 0; attempt++) {
    await page.keyboard.press('Escape');
    await page.waitForTimeout(200);
  }
}

/** The notification with this text; the smoke-test driver keeps notifications from popping up, so their list is opened. */
export async function notificationWith(page, text) {
  await page.locator('.statusbar-item[id="status.notifications"] .codicon-bell-dot').waitFor();
  await runCommand(page, 'Notifications: Show Notifications');
  const notification = page.locator('.notifications-center .notification-list-item', { hasText: text });
  await notification.waitFor();
  return notification;
}

/** Waits until `holds`. */
export async function until(holds, timeoutMs = 10_000) {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(100)) {
    if (await holds()) return;
  }
  throw new Error(`It never came to hold: ${holds}`);
}

/** Opens the file of the workspace that quick open finds by `name`, in the row that has `label`. */
export async function quickOpen(page, name, label = name) {
  await (await quickRow(page, 'Control+p', name, label)).click();
}

/** Opens a file of the workspace in the editor and puts the cursor into the line that contains `text`. */
export async function openFile(page, name, text) {
  await quickOpen(page, name);
  await page.locator('.view-line', { hasText: text }).first().click();
}

/** What decorations write behind a line of the editor. */
export function labelBehind(line) {
  return line.evaluate((element) =>
    [...element.querySelectorAll('span')].map((span) => getComputedStyle(span, '::after').content).join(''),
  );
}
