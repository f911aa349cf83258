/** Turns a config file into a checked config, and what zod says against it into errors that name the key and the line. */

import * as z from 'zod';
import type { RuleBroken } from './configChecks.js';
import { type ConfigType, TrainerError } from './errors.js';
import { type JsonPath, parseJsonSource } from './jsonSource.js';
import { nearest } from './nearest.js';

/** Where a setting was written: a file and line, or a flag of the command line (`line` null). */
export interface ConfigPlace {
  file: string;
  line: number | null;
}

/** Gives the place of the setting at a path. */
export type Locate = (path: JsonPath) => ConfigPlace;

/** The parts of a JSON Schema that the errors need. */
export interface SchemaNode {
  /** A list where JSON Schema joins simple types, as for a nullable boolean. */
  type?: ConfigType | ConfigType[];
  properties?: Record<string, SchemaNode>;
  /** Of an object with keys of the user's own, what each holds. */
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode;
  minItems?: number;
  maxItems?: number;
  anyOf?: SchemaNode[];
  enum?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  default?: unknown;
  description?: string;
  required?: string[];
  /** True for the path of a file or folder (our own annotation). */
  path?: true;
  /** True for what has no flag on the command line (our own annotation). */
  fileOnly?: true;
}

/** The JSON Schema of a config, which gives its keys, ranges, defaults and descriptions. */
export function jsonSchemaOf(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
}

/** A node that has at most one type. */
export type SchemaAlternative = SchemaNode & { type?: ConfigType };

/** Each alternative of a node; the node itself when it has one type. */
export function alternatives(node: SchemaNode): SchemaAlternative[] {
  if (node.anyOf) return node.anyOf.flatMap(alternatives);
  const { type, ...rest } = node;
  return [type ?? []].flat().map((one) => ({ ...rest, type: one }));
}

/**
 * Checks the text of a config file and fills in the defaults.
 * Throws configInvalidJson, configUnknownKey, configMissingKey, configWrongType, configOutOfRange, configNotAllowed, configEmpty, configListLength,
 * configMaskProportions or configImpossible: the first that stands in the way, unknown keys before all others because a typing error
 * also makes the key it meant missing.
 */
export function parseConfig<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  const source = parseJsonSource(text, file);
  return checkConfig(schema, source.value, (path) => ({ file, line: source.lineOf(path) }));
}

/**
 * Checks a config that is already parsed; `locate` says where each of its settings was written. Throws as `parseConfig` does.
 * `$schema` is no setting but a word to editors, and is left out.
 */
export function checkConfig<S extends z.ZodType>(schema: S, value: unknown, locate: Locate): z.output<S> {
  const result = schema.safeParse(withoutEditorSchema(value));
  if (result.success) return result.data;
  const issues = result.error.issues.map(intoBranch);
  const first = issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0]!;
  throw configError(first, jsonSchemaOf(schema), value, locate);
}

function withoutEditorSchema(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '$schema'));
}

/** An issue of a union is about the alternative whose type the value has, where there is one. */
function intoBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const isRightType = (branch: z.core.$ZodIssue[]) =>
    !branch.some((i) => i.code === 'invalid_type' && i.path.length === 0);
  const branch = issue.errors.find(isRightType);
  const inner = branch?.find((i) => i.code === 'unrecognized_keys') ?? branch?.[0];
  return inner ? intoBranch({ ...inner, path: [...issue.path, ...inner.path] }) : issue;
}

function configError(issue: z.core.$ZodIssue, schema: SchemaNode, root: unknown, locate: Locate): TrainerError {
  const path = issue.path as JsonPath;
  const node = nodeAt(schema, path);
  const where = { ...locate(path), key: path.join('.') };
  const got = () => shown(valueAt(root, path));

  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = alternatives(node).flatMap((alternative) => Object.keys(alternative.properties ?? {}));
    const full = [...path, key];
    return new TrainerError('configUnknownKey', {
      ...locate(full),
      key: full.join('.'),
      nearest: nearest(key, known),
      known,
    });
  }
  if (issue.code === 'custom') return ruleError(issue.params as RuleBroken, locate(path));
  if (valueAt(root, path) === undefined) {
    return new TrainerError('configMissingKey', { ...locate(path.slice(0, -1)), key: where.key });
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return new TrainerError('configNotAllowed', { ...where, allowed, got: got() });
  }
  const isOfList = (issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'array';
  const length = isOfList ? alternatives(node).find((a) => a.type === 'array')?.maxItems : undefined;
  if (length !== undefined) return new TrainerError('configListLength', { ...where, expected: length, got: got() });
  if (issue.code === 'too_small' && (issue.origin === 'array' || issue.origin === 'string')) {
    return new TrainerError('configEmpty', where);
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    return new TrainerError('configOutOfRange', { ...where, ...limits(node), got: got() });
  }
  const expected = [...new Set(alternatives(node).map((alternative) => alternative.type ?? 'object'))];
  return new TrainerError('configWrongType', { ...where, expected, got: got() });
}

function ruleError(broken: RuleBroken, place: ConfigPlace): TrainerError {
  if (broken.rule === 'mask-proportions')
    return new TrainerError('configMaskProportions', { ...place, sum: broken.sum });
  return new TrainerError('configImpossible', { ...place, keys: broken.keys, reason: broken.reason });
}

function nodeAt(schema: SchemaNode, path: JsonPath): SchemaNode {
  let node = schema;
  for (const key of path) {
    const within = alternatives(node);
    const next = within
      .map((a) => (typeof key === 'number' ? a.items : (a.properties?.[key] ?? a.additionalProperties)))
      .find((a) => typeof a === 'object');
    if (!next) return {};
    node = next;
  }
  return node;
}

function valueAt(root: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], root);
}

/** A setting's range. JSON Schema's integer type brings the greatest safe integer along, which is no limit worth telling. */
function limits(node: SchemaNode) {
  const number = alternatives(node).find((a) => a.type === 'number' || a.type === 'integer') ?? {};
  const real = (limit: number | undefined) =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : null;
  return {
    atLeast: real(number.minimum),
    moreThan: real(number.exclusiveMinimum),
    atMost: real(number.maximum),
    lessThan: real(number.exclusiveMaximum),
  };
}

/** A value as it would be written, cut to what fits into a sentence. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
