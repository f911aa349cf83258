/** What the environment says of the hub, by the variables of Hugging Face's own programs (huggingface.co/docs/huggingface_hub/package_reference/environment_variables). */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import { hubFetch } from './hubFetch.js';
import type { Environment } from './proxy.js';

/** How the hub is reached, and where its files are kept. */
export interface HubSettings {
  /** Such as `https://huggingface.co`; may have a path, has no slash at the end. */
  endpoint: string;
  /** Of the endpoint, for errors. */
  host: string;
  token: string | undefined;
  /** The folder of `models--ORGANISATION--NAME`. */
  cacheFolder: string;
  /** The network is not to be used. */
  offline: boolean;
  fetch: typeof fetch;
  /** As in `DownloadOptions`. */
  retryMs?: readonly number[];
}

/** Reads them. An empty variable counts as unset. Throws `hubUnreachable` for an endpoint that is no address. */
export async function hubSettings(env: Environment): Promise<HubSettings> {
  const endpoint = (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  if (!URL.canParse(endpoint)) throw new TrainerError('hubUnreachable', { host: endpoint, reason: 'HF_ENDPOINT' });
  const home = expanded(env.HF_HOME || join(env.XDG_CACHE_HOME || '~/.cache', 'huggingface'));
  const token =
    env.HF_TOKEN ||
    env.HUGGING_FACE_HUB_TOKEN ||
    (await storedToken(expanded(env.HF_TOKEN_PATH || join(home, 'token'))));
  return {
    endpoint,
    host: new URL(endpoint).host,
    token,
    cacheFolder: expanded(env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub')),
    offline: isOn(env.HF_HUB_OFFLINE) || isOn(env.TRANSFORMERS_OFFLINE),
    fetch: hubFetch({ endpoint, token, env }),
  };
}

/** What `hf auth login` left behind. */
async function storedToken(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() || undefined;
}

function isOn(value: string | undefined): boolean {
  return /^(?:1|on|yes|true)$/i.test(value ?? '');
}

function expanded(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, () => homedir());
}
