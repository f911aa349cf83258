/** The command "Upload Model to Hugging Face": asks where to, tells what would leave this machine, and uploads it after a yes. */

import * as vscode from 'vscode';
import { wordsFor } from '../../trainer-core/messages/format.js';
import type { ModelUploaded, UploadPlan } from '../../trainer-core/protocol/jobs.js';
import { displayLanguage } from '../displayLanguage.js';
import { reportedError } from '../errorMessages.js';
import { runJobWithNotification } from '../jobNotification.js';
import { sizeText } from '../sizeText.js';
import { TrainerEnded } from '../trainerJob.js';
import { parseHubId } from './hubId.js';
import { askHubToken, hubVariables } from './hubToken.js';
import { modelName } from './modelName.js';

/** Failures that another token helps. */
const OF_THE_TOKEN = ['hubTokenMissing', 'hubTokenRefused', 'hubTokenReadOnly'];

/** Uploads the model in `folder`. Undefined when it was called off. Rejects with TrainerEnded. */
export async function uploadModel(
  context: vscode.ExtensionContext,
  folder: string,
): Promise<ModelUploaded | undefined> {
  const name = modelName(folder).replaceAll('/', '-');
  const to = await askRepository(name);
  if (to === undefined) return undefined;
  const isPrivate = await askVisibility(to);
  if (isPrivate === undefined) return undefined;
  const args = ['upload', '--model', folder, '--to', to, ...(isPrivate ? ['--private'] : [])];
  const plan = await withToken(context, async (env) =>
    runJobWithNotification<UploadPlan>(
      context.extensionPath,
      vscode.l10n.t('Checking {0} before the upload', name),
      [...args, '--dry-run'],
      env,
    ),
  );
  if (plan === undefined || !(await isMeant(plan))) return undefined;
  const uploaded = await runJobWithNotification<ModelUploaded>(
    context.extensionPath,
    vscode.l10n.t('Uploading {0}', name),
    args,
    await hubVariables(context),
  );
  if (uploaded) void offerPage(uploaded);
  return uploaded;
}

async function askRepository(name: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Upload Model to Hugging Face'),
    prompt: vscode.l10n.t('Repository: organisation/name, or a name alone for one of your own'),
    value: parseHubId(name) ?? '',
    ignoreFocusOut: true,
    validateInput: (typed) =>
      parseHubId(typed) ? undefined : vscode.l10n.t('A name has letters, digits, ".", "-" and "_" only.'),
  });
  return text === undefined ? undefined : parseHubId(text);
}

async function askVisibility(to: string): Promise<boolean | undefined> {
  const hidden = {
    label: `$(lock) ${vscode.l10n.t('Private')}`,
    detail: vscode.l10n.t('Only you and the members of the organisation see it'),
  };
  const open = { label: `$(globe) ${vscode.l10n.t('Public')}`, detail: vscode.l10n.t('All the world sees it') };
  const title = vscode.l10n.t('Who is to see {0}', to);
  const picked = await vscode.window.showQuickPick([hidden, open], { title, ignoreFocusOut: true });
  return picked && picked === hidden;
}

/** Does `work`, asking for a token as long as that is what it fails for. */
async function withToken<T>(
  context: vscode.ExtensionContext,
  work: (env: Record<string, string>) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await work(await hubVariables(context));
    } catch (error) {
      const reported = error instanceof TrainerEnded ? reportedError(error.stderr) : undefined;
      if (reported === undefined || !OF_THE_TOKEN.includes(reported.code)) throw error;
      if (!(await askHubToken(context, wordsFor(reported, displayLanguage()).message))) return undefined;
    }
  }
}

/** Nothing leaves this machine before this. */
async function isMeant(plan: UploadPlan): Promise<boolean> {
  const { language } = vscode.env;
  const upload = vscode.l10n.t('Upload');
  const question = plan.private
    ? vscode.l10n.t('Upload to the private repository {0}?', plan.repository)
    : vscode.l10n.t('Upload to {0}, for all the world to see?', plan.repository);
  const total = plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const detail = [
    plan.url,
    plan.exists
      ? vscode.l10n.t('It is there; files of these names get a new version.')
      : vscode.l10n.t('It does not exist yet, and will be made.'),
    vscode.l10n.t('Licence: {0}', plan.license),
    '',
    ...plan.files.map(({ path, sizeBytes }) => `${path}  ${sizeText(sizeBytes, language)}`),
    vscode.l10n.t('In all: {0}', sizeText(total, language)),
  ].join('\n');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, upload)) === upload;
}

async function offerPage({ url }: ModelUploaded): Promise<void> {
  const open = vscode.l10n.t('Open Page');
  const answer = await vscode.window.showInformationMessage(vscode.l10n.t('The model is on {0}', url), open);
  if (answer === open) await vscode.env.openExternal(vscode.Uri.parse(url));
}
