/** The presets as choices, and what each of them sets. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { PRESET_FILES, PRESETS, type Preset } from '../../trainer-core/protocol/presets.js';
import type { Choice } from './questions.js';

/** The settings of a config but its paths. */
export type Settings = Readonly<Record<string, unknown>>;

/** The presets of a training. */
export function presetChoices(objective: keyof typeof PRESET_FILES): Choice<Preset>[] {
  return PRESETS.map((value) => ({ ...presetWords(value, objective), value }));
}

/** What a preset sets, from the extension's `media/presets`. */
export async function presetSettings(
  extensionFolder: string,
  objective: keyof typeof PRESET_FILES,
  preset: Preset,
): Promise<Settings> {
  return JSON.parse(await readFile(path.join(extensionFolder, PRESET_FILES[objective][preset]), 'utf8')) as Settings;
}

function presetWords(preset: Preset, objective: keyof typeof PRESET_FILES): vscode.QuickPickItem {
  const distills = objective === 'distill';
  switch (preset) {
    case 'quick':
      return {
        label: `$(zap) ${vscode.l10n.t('Quick look')}`,
        detail: distills
          ? vscode.l10n.t('At most 2 layers and 5 minutes: to see it work')
          : vscode.l10n.t('At most 1 minute: to see it work'),
      };
    case 'published':
      return {
        label: `$(book) ${vscode.l10n.t('Published recipe')}`,
        detail: distills
          ? vscode.l10n.t('DistilBERT-base-jp to the letter: random student, single pieces masked, 3 epochs')
          : vscode.l10n.t('DistilBERT-base-jp to the letter: 100 epochs, learning rate 2e-5'),
      };
    case 'recommended':
      return {
        label: `$(star) ${vscode.l10n.t('Recommended')}`,
        detail: distills
          ? vscode.l10n.t(
              'Half the layers of its teacher, and copied from them; losses at the masked pieces, scored as it goes, 3 epochs',
            )
          : vscode.l10n.t('Stops when it no longer gets better, keeps the best epoch'),
      };
  }
}
