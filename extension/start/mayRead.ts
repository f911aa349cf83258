/** Leave to read what a config names outside of the workspace: it may come from someone else. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import type { Objective } from '../../trainer-core/protocol/events.js';
import { parseConfig } from '../../trainer-core/protocol/parseConfig.js';
import { pathsOutside } from '../pathsOutside.js';
import { configPaths } from './configPaths.js';
import { CONFIG_SCHEMA } from './trainings.js';

/**
 * Checks the config as it lies on disk and asks where it reads outside of the workspace and our own folders; false when the user
 * does not want it. Throws `fileNotFound` and the errors of `parseConfig`.
 */
export async function mayRead(
  { extensionPath, globalStorageUri }: vscode.ExtensionContext,
  objective: Objective,
  configFile: string,
): Promise<boolean> {
  const schema = CONFIG_SCHEMA[objective];
  const config = parseConfig(schema, await textOf(configFile), configFile);
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const paths = configPaths(schema, config, path.dirname(configFile));
  const outside = await pathsOutside(paths, [...folders, extensionPath, globalStorageUri.fsPath]);
  if (outside.length === 0) return true;
  const read = vscode.l10n.t('Read Them');
  const name = vscode.workspace.asRelativePath(configFile);
  const question = vscode.l10n.t('{0} reads files outside of the workspace. Continue?', name);
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: outside.join('\n') }, read);
  return answer === read;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TrainerError('fileNotFound', { file }, { cause });
  }
}
