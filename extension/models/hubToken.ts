/** The access token for the Hugging Face hub, in the editor's secret storage: nothing else of ours ever keeps it. */

import * as vscode from 'vscode';
import { hubEnvironment, type ProxySettings } from './hubEnvironment.js';

const KEY = 'huggingFaceToken';

/** What a trainer that asks the hub gets: the kept token, where there is one, and the editor's proxy. */
export async function hubVariables({ secrets }: vscode.ExtensionContext): Promise<Record<string, string>> {
  const http = vscode.workspace.getConfiguration('http');
  const settings: ProxySettings = {
    proxy: http.get('proxy', ''),
    noProxy: http.get<string[]>('noProxy', []),
    proxySupport: http.get('proxySupport', ''),
  };
  return hubEnvironment(await secrets.get(KEY), settings);
}

/** Asks for a token and keeps it; false when the user gave none. */
export async function askHubToken({ secrets }: vscode.ExtensionContext, why: string): Promise<boolean> {
  const token = await vscode.window.showInputBox({
    title: vscode.l10n.t('Hugging Face access token'),
    prompt: vscode.l10n.t(
      '{0} Make one with the right to write at huggingface.co/settings/tokens. It is kept in the secret storage of the editor.',
      why,
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (typed) =>
      /^\s*(?:\S+\s*)?$/.test(typed) ? undefined : vscode.l10n.t('A token has no spaces in it.'),
  });
  const plain = token?.trim() ?? '';
  if (plain === '') return false;
  await secrets.store(KEY, plain);
  return true;
}

/** The command "Forget Hugging Face Token". */
export async function forgetHubToken({ secrets }: vscode.ExtensionContext): Promise<void> {
  await secrets.delete(KEY);
  const words = vscode.l10n.t('The Hugging Face token is forgotten. It stays valid until you revoke it on the hub.');
  void vscode.window.showInformationMessage(words);
}
