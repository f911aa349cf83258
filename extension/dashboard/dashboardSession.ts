/** One dashboard page's conversation with the extension: tells it the runs, streams the files of those it follows, does what it asks. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { DashboardMessage, ExtensionMessage } from '../../trainer-core/protocol/dashboardMessages.js';
import { errorMessage } from '../errorMessages.js';
import type { RunStore } from '../runs/runStore.js';
import { actOnRun, copyText, openExample, savePicture } from './dashboardActions.js';
import { MetricsTail } from './metricsTail.js';

/** Lives as long as its webview; the page may be loaded many times in it, each time from nothing. */
export class DashboardSession implements vscode.Disposable {
  readonly #webview: vscode.Webview;
  readonly #runs: RunStore;
  readonly #subscriptions: vscode.Disposable[];
  /** Replaced at each `follow`: readers of an older one see that they are no longer wanted. */
  #followed = new Map<string, MetricsTail>();
  #reading = new Set<MetricsTail>();
  #readAgain = new Set<MetricsTail>();
  /** The page listens; false until its first word. */
  #ready = false;
  #toShow: readonly string[] = [];

  constructor(webview: vscode.Webview, runs: RunStore) {
    this.#webview = webview;
    this.#runs = runs;
    this.#subscriptions = [
      runs.onDidChange(() => this.#tellRuns()),
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
    ];
  }

  /** Shows these runs, now or as soon as the page listens. */
  show(folders: readonly string[]): void {
    this.#toShow = folders;
    if (this.#ready) void this.#tellShow();
  }

  /** The page is about to be thrown away, as VS Code does with hidden ones: wait for the next one's first word. */
  pause(): void {
    this.#ready = false;
    this.#followed = new Map();
  }

  dispose(): void {
    this.pause();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #receive(data: unknown): Promise<void> {
    // The schemas are loaded with the first message: activation must not wait for them.
    const { dashboardMessage } = await import('../../trainer-core/protocol/dashboardMessages.js');
    const { success, data: message } = dashboardMessage.safeParse(data);
    if (!success) return;
    try {
      await this.#answer(message);
    } catch (error) {
      void vscode.window.showErrorMessage(errorMessage(error));
    }
  }

  async #answer(message: DashboardMessage): Promise<void> {
    // The page names runs by their folders: one that is not in our list is none of its business.
    if ('folder' in message && !this.#runs.find(message.folder)) return;
    switch (message.type) {
      case 'ready':
        this.#followed = new Map();
        await this.#runs.refresh();
        this.#ready = true;
        this.#tellRuns();
        return await this.#tellShow();
      case 'follow':
        return this.#follow(message.folders);
      case 'command':
        return await vscode.commands.executeCommand(`distilbertStudio.${message.command}`);
      case 'runAction':
        return await actOnRun(message.action, message.folder);
      case 'openExample':
        return await openExample(message.folder, message.split, message.line, message.file);
      case 'copy':
        return await copyText(message.text);
      case 'savePicture':
        return await savePicture(message.name, message.format, message.base64);
    }
  }

  #tellRuns(): void {
    if (!this.#ready) return;
    void this.#post({ type: 'runs', runs: [...this.#runs.runs] });
    for (const [folder, tail] of this.#followed) void this.#stream(folder, tail);
  }

  async #tellShow(): Promise<void> {
    const [first, ...rest] = this.#toShow;
    if (first === undefined) return;
    this.#toShow = [];
    // A run that was started a moment ago is not in the list yet.
    await this.#runs.refresh();
    await this.#post({ type: 'show', folders: [first, ...rest] });
  }

  #follow(folders: readonly string[]): void {
    const known = [...new Set(folders)].filter((folder) => this.#runs.find(folder));
    this.#followed = new Map(known.map((folder) => [folder, new MetricsTail(path.join(folder, 'metrics.jsonl'))]));
    for (const [folder, tail] of this.#followed) {
      void this.#tellConfig(folder);
      void this.#stream(folder, tail);
    }
  }

  async #tellConfig(folder: string): Promise<void> {
    const text = await readFile(path.join(folder, 'config.json'), 'utf8').catch(() => '{}');
    const config = jsonObject(text);
    if (config) await this.#post({ type: 'config', folder, config });
  }

  /** Sends what is new. One reader at a time a file; what changes meanwhile is read right after. */
  async #stream(folder: string, tail: MetricsTail): Promise<void> {
    if (this.#reading.has(tail)) {
      this.#readAgain.add(tail);
      return;
    }
    this.#reading.add(tail);
    try {
      do {
        this.#readAgain.delete(tail);
        for await (const piece of tail.read()) {
          if (this.#followed.get(folder) !== tail) return;
          await this.#post({ type: 'metrics', folder, ...piece });
          // A long history must not hold up the other extensions of the host.
          await breathe();
        }
      } while (this.#readAgain.has(tail));
    } finally {
      this.#reading.delete(tail);
      this.#readAgain.delete(tail);
    }
  }

  async #post(message: ExtensionMessage): Promise<void> {
    // The page may have gone while something was read for it.
    if (!this.#ready) return;
    await this.#webview.postMessage(message);
  }
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Being written, or no config: the dashboard does without.
    return undefined;
  }
}
