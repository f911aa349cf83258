/** Makes flags of a config's keys, and joins the config file with the flags that were given. */

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { TrainerError } from '../protocol/errors.js';
import { type JsonPath, parseJsonSource } from '../protocol/jsonSource.js';
import {
  alternatives,
  checkConfig,
  jsonSchemaOf,
  type SchemaAlternative,
  type SchemaNode,
} from '../protocol/parseConfig.js';
import { flagOf, type Option, type OptionTable } from './options.js';

/** A setting given as a flag; its value has the type the config wants. */
export interface Setting {
  path: readonly string[];
  value: unknown;
}

/** A flag for each key of the config whose value is not an object; keys of inner objects are `--student.layers`. */
export function configOptions(schema: z.ZodType): OptionTable {
  const table: Record<string, Option> = {};
  eachSetting(jsonSchemaOf(schema), [], (path, node, required) => {
    table[path.join('.')] = optionOf(node, required);
  });
  return table;
}

/** The settings among a command's values. */
export function settingsOf(schema: z.ZodType, values: Readonly<Record<string, unknown>>): Setting[] {
  const settings: Setting[] = [];
  eachSetting(jsonSchemaOf(schema), [], (path, node) => {
    const value = values[path.join('.')];
    if (value !== undefined) settings.push({ path, value: typed(node, value) });
  });
  return settings;
}

/**
 * The checked config: the file's keys, then the flags over them, then the defaults.
 * Relative paths are taken from the file's folder in the file, and from the working folder in flags.
 * Throws what `parseConfig` throws, `fileNotFound`, `fileUnreadable`, and `usage` for a required key when there is no file.
 */
export async function loadConfig<S extends z.ZodType>(
  schema: S,
  file: string | undefined,
  settings: readonly Setting[],
  command: string,
): Promise<z.output<S>> {
  const node = jsonSchemaOf(schema);
  const source = file === undefined ? { value: {}, lineOf: () => null } : parseJsonSource(await readText(file), file);
  let value = resolvePaths(node, source.value, dirname(file ?? '.'));
  for (const setting of settings)
    value = withSetting(value, setting.path, resolvePaths(nodeOf(node, setting.path), setting.value, '.'));

  const missing = node.required?.find(
    (key) => file === undefined && (value as Record<string, unknown>)[key] === undefined,
  );
  if (missing !== undefined)
    throw new TrainerError('usage', { problem: 'option-missing', option: flagOf(missing), command });

  const fromFlag = (path: JsonPath) => settings.find((s) => s.path.every((key, i) => path[i] === key));
  return checkConfig(schema, value, (path) => {
    const flag = fromFlag(path);
    return flag
      ? { file: flagOf(flag.path.join('.')), line: null }
      : { file: file ?? command, line: source.lineOf(path) };
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT') throw new TrainerError('fileNotFound', { file }, { cause: error });
    throw new TrainerError('fileUnreadable', { file, reason: code }, { cause: error });
  }
}

function eachSetting(
  node: SchemaNode,
  at: readonly string[],
  visit: (path: string[], node: SchemaNode, required: boolean) => void,
): void {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    if (child.fileOnly) continue;
    const path = [...at, key];
    const kinds = alternatives(child);
    if (kinds.some((a) => a.type !== 'object' && a.type !== 'null'))
      visit(path, child, node.required?.includes(key) === true);
    const inner = kinds.find((a) => a.type === 'object');
    if (inner) eachSetting(inner, path, visit);
  }
}

/** The alternatives that a flag's text can stand for. */
function flagValues(node: SchemaNode): SchemaAlternative[] {
  return alternatives(node).filter((a) => a.type !== 'object' && a.type !== 'null');
}

/** The first of them. */
function scalar(node: SchemaNode): SchemaAlternative {
  return flagValues(node)[0] ?? {};
}

/** What still fits into a line of help. */
function shortened(allowed: readonly string[]): readonly string[] {
  return allowed.length > 8 ? [...allowed.slice(0, 4), '…'] : allowed;
}

/** What the text of a flag may stand for, in the words of help: a list of so many numbers, one of some words, … */
function valueWord({ type, enum: allowed, items, maxItems }: SchemaAlternative): readonly string[] {
  if (type === 'array' && items?.enum) return items.enum;
  if (type === 'array') return [maxItems ? new Array(maxItems).fill('N').join(',') : 'N,N,…'];
  return type === 'string' ? shortened(allowed ?? ['TEXT']) : ['N'];
}

/** A required setting is not a required flag: it may stand in the config file. */
function optionOf(node: SchemaNode, required: boolean): Option {
  const { type, items } = scalar(node);
  const isPath = alternatives(node).some((a) => a.path) || items?.path;
  const value = isPath ? 'PATH' : flagValues(node).flatMap(valueWord).join('|');
  const preset = required ? 'required' : node.default;
  return {
    // A number may be "null", and a list of numbers is split later, so flags arrive as text and are typed by the schema.
    type: type === 'boolean' ? 'boolean' : 'string',
    ...(type === 'boolean' ? {} : { value }),
    ...(type === 'array' && items?.type === 'string' ? { many: true as const } : {}),
    ...(preset === undefined || preset === null || typeof preset === 'object' ? {} : { default: String(preset) }),
    meaning: node.description ?? '',
  };
}

/** A flag's text as the type the schema wants; text that does not fit is left for the schema to refuse. */
function typed(node: SchemaNode, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const values = flagValues(node);
  const { type } = scalar(node);
  if (value === 'null' && alternatives(node).some((a) => a.type === 'null')) return null;
  const number = (text: string) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);
  if (values.some((a) => a.enum?.includes(value))) return value;
  const isList = values.some((a) => a.type === 'array') && (type === 'array' || value.includes(','));
  if (isList) return value.split(',').map(number);
  return type === 'number' || type === 'integer' ? number(value) : value;
}

function nodeOf(node: SchemaNode, path: readonly string[]): SchemaNode {
  const inside = (at: SchemaNode, key: string) =>
    alternatives(at)
      .map((a) => a.properties?.[key])
      .find((found) => found);
  return path.reduce((at, key) => inside(at, key) ?? {}, node);
}

/** A copy of `value` in which the strings that the schema marks as paths are resolved against `folder`. */
function resolvePaths(node: SchemaNode, value: unknown, folder: string): unknown {
  if (typeof value === 'string') {
    return value !== '' && alternatives(node).some((a) => a.path) ? resolve(folder, value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => resolvePaths(scalar(node).items ?? {}, item, folder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [key, resolvePaths(nodeOf(node, [key]), v, folder)]),
  );
}

function withSetting(root: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const object = typeof root === 'object' && root !== null ? root : {};
  return { ...object, [key]: withSetting((object as Record<string, unknown>)[key], rest, value) };
}
