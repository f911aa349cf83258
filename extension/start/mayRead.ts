/** Leave to read what a config names outside of the workspace: it may come from someone else. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import type { Objective } from '../../trainer-core/protocol/events.js';
import { parseConfig } from '../../trainer-core/protocol/parseConfig.js';
import { mayReadOutside } from '../mayReadOutside.js';
import { configPaths } from './configPaths.js';
import { CONFIG_SCHEMA } from './trainings.js';

/**
 * Checks the config as it lies on disk and asks where it reads outside of the workspace and our own folders; false when the user
 * does not want it. Throws `fileNotFound` and the errors of `parseConfig`.
 */
export async function mayRead(
  context: vscode.ExtensionContext,
  objective: Objective,
  configFile: string,
): Promise<boolean> {
  const schema = CONFIG_SCHEMA[objective];
  const config = parseConfig(schema, await textOf(configFile), configFile);
  const name = vscode.workspace.asRelativePath(configFile);
  return await mayReadOutside(
    context,
    configPaths(schema, config, path.dirname(configFile)),
    vscode.l10n.t('{0} reads files outside of the workspace. Continue?', name),
    vscode.l10n.t('Read Them'),
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TrainerError('fileNotFound', { file }, { cause });
  }
}
