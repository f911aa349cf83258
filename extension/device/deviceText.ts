/** Devices in words: for the quick pick, the status bar, and those who listen instead of look. */

import * as vscode from 'vscode';
import { faultWords } from '../../trainer-core/messages/deviceWords.js';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';
import { displayLanguage } from '../displayLanguage.js';
import { memory } from '../runs/runFigures.js';

/** As many letters of a card's name as the status bar has room for. */
const SHORT = 24;

/** `NVIDIA GeForce RTX 4070 · Vulkan`. */
export function adapterText({ description, backend, name }: DeviceReport): string {
  // A processor's backend is itself.
  return [description, name === 'cpu' ? '' : backend].filter((part) => part !== '').join(' · ');
}

/** What an available device can do, or why a missing one is missing and how to mend that. */
export function deviceDetail(report: DeviceReport): string {
  const { reason, available, software, memoryBytes, limits, fp16, chosen, driver, measured } = report;
  if (reason) {
    const { message, action } = faultWords(reason, displayLanguage());
    return `${message} ${action}`;
  }
  if (!available) return vscode.l10n.t('Not available here.');
  const { language } = vscode.env;
  const parts: [boolean, string][] = [
    [chosen, vscode.l10n.t('taken by auto')],
    [software, vscode.l10n.t('emulated by the processor, for tests')],
    [memoryBytes !== null, vscode.l10n.t('Memory: {0}', memory(memoryBytes ?? 0, language))],
    [
      limits.maxBufferSizeBytes !== null,
      vscode.l10n.t('largest allocation {0}', memory(limits.maxBufferSizeBytes ?? 0, language)),
    ],
    [fp16 === true, vscode.l10n.t('half precision (fp16)')],
    [fp16 === false, vscode.l10n.t('single precision only')],
    [driver !== null, vscode.l10n.t('driver {0}', driver ?? '')],
    [measured !== null, vscode.l10n.t('{0} ms a timed step', milliseconds(measured?.milliseconds ?? 0, language))],
  ];
  return parts.flatMap(([holds, text]) => (holds ? [text] : [])).join(' · ');
}

/** Three digits at most, or whole. */
function milliseconds(value: number, language: string): string {
  return value.toLocaleString(language, value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
}

/** `webgpu (NVIDIA GeForce RTX…)`. */
export function shortDevice({ name, description }: { name: string; description: string }): string {
  if (description === '') return name;
  const letters = [...description];
  return `${name} (${
    letters.length > SHORT
      ? `${letters
          .slice(0, SHORT - 1)
          .join('')
          .trimEnd()}…`
      : description
  })`;
}
