/** Which files and folders a config reads, and which of them lie outside of where it may read unasked. */

import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { alternatives, jsonSchemaOf, type SchemaNode } from '../../trainer-core/protocol/parseConfig.js';

/** The absolute paths in a checked config: the strings whose schema says `path`. Relative ones start at the config's folder. */
export function configPaths(schema: z.ZodType, config: unknown, configFolder: string): string[] {
  return [...new Set(pathsIn(jsonSchemaOf(schema), config))].map((found) => path.resolve(configFolder, found));
}

function pathsIn(node: SchemaNode, value: unknown): string[] {
  const kinds = alternatives(node);
  if (typeof value === 'string') return kinds.some((kind) => kind.path) ? [value] : [];
  if (Array.isArray(value)) {
    const items = kinds.find((kind) => kind.items)?.items ?? {};
    return value.flatMap((item) => pathsIn(items, item));
  }
  if (typeof value !== 'object' || value === null) return [];
  const properties = Object.assign({}, ...kinds.map((kind) => kind.properties)) as Record<string, SchemaNode>;
  return Object.entries(value).flatMap(([key, inner]) => pathsIn(properties[key] ?? {}, inner));
}

/** Those of `paths` that do not lie in one of `roots`, links followed. */
export async function pathsOutside(paths: readonly string[], roots: readonly string[]): Promise<string[]> {
  const inside = await Promise.all(roots.map(whereItIs));
  const real = await Promise.all(paths.map(async (given) => ({ given, real: await whereItIs(given) })));
  return real.filter(({ real }) => !inside.some((root) => contains(root, real))).map(({ given }) => given);
}

function contains(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative === '' || (relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative));
}

/** The path with every link followed; what does not exist yet is taken as it would lie in the nearest folder that does. */
async function whereItIs(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(await whereItIs(parent), path.basename(file));
  }
}
