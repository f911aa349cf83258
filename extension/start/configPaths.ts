/** Which files and folders a config reads. */

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
