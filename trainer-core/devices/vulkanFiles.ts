/**
 * Where Linux's Vulkan loader looks for drivers, and what it is told by the environment:
 * https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
 */

import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Files that name drivers, in place of those in the usual folders; the newer name wins. */
const IN_PLACE = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;

/** Decides which drivers are found, and which of their adapters comes first. */
const VULKAN_VARIABLES = [
  ...IN_PLACE,
  'VK_ADD_DRIVER_FILES',
  'VK_LOADER_DRIVERS_SELECT',
  'VK_LOADER_DRIVERS_DISABLE',
  'VK_LOADER_DEVICE_SELECT',
  'MESA_VK_DEVICE_SELECT',
  'DRI_PRIME',
  '__NV_PRIME_RENDER_OFFLOAD',
] as const;

/** The manifests of drivers, each with when it was written. None: the loader can find no adapter. */
export function vulkanManifests(env: Environment): string[] {
  const named = IN_PLACE.map((name) => env[name]).find((value) => value);
  const places = named
    ? named.split(delimiter)
    : [...(env.VK_ADD_DRIVER_FILES?.split(delimiter) ?? []), ...folders(env)];
  return places.flatMap(manifestsAt);
}

/** What the environment says of drivers and adapters, as `NAME=value`. */
export function vulkanEnvironment(env: Environment): string[] {
  return VULKAN_VARIABLES.flatMap((name) => (env[name] ? [`${name}=${env[name]}`] : []));
}

function folders(env: Environment): string[] {
  const home = homedir();
  const list = (value: string | undefined, usual: string) => (value || usual).split(delimiter);
  return [
    env.XDG_CONFIG_HOME || join(home, '.config'),
    ...list(env.XDG_CONFIG_DIRS, '/etc/xdg'),
    '/usr/local/etc',
    '/etc',
    env.XDG_DATA_HOME || join(home, '.local/share'),
    ...list(env.XDG_DATA_DIRS, '/usr/local/share:/usr/share'),
  ].map((folder) => join(folder, 'vulkan/icd.d'));
}

/** A manifest, or those in a folder. */
function manifestsAt(place: string): string[] {
  try {
    const stat = statSync(place);
    if (!stat.isDirectory()) return [`${place}@${stat.mtimeMs}`];
    return readdirSync(place)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .flatMap((name) => manifestsAt(join(place, name)));
  } catch {
    return [];
  }
}
