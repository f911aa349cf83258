/** A validator of JSON Schema draft-07 for the keywords that our schemas use; it knows nothing of zod, and refuses keywords it does not know. */

type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS = ['$schema', 'title', 'description', 'default'];

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

/** For each keyword, what it has against a value; a keyword has nothing against values of types it is not for. */
const KEYWORDS: Record<string, (argument: never, value: never, schema: Schema) => string[]> = {
  type: (types: string | string[], value: unknown) =>
    [types].flat().some((type) => TYPES[type]?.(value)) ? [] : [`not of type ${types}`],
  enum: (allowed: unknown[], value: unknown) => (allowed.includes(value) ? [] : ['not one of the allowed values']),
  anyOf: (schemas: Schema[], value: unknown) =>
    schemas.some((schema) => violations(schema, value).length === 0) ? [] : ['fits no alternative'],
  minimum: (limit: number, value: unknown) => (typeof value === 'number' && value < limit ? ['too small'] : []),
  maximum: (limit: number, value: unknown) => (typeof value === 'number' && value > limit ? ['too large'] : []),
  exclusiveMinimum: (limit: number, value: unknown) =>
    typeof value === 'number' && value <= limit ? ['too small'] : [],
  exclusiveMaximum: (limit: number, value: unknown) =>
    typeof value === 'number' && value >= limit ? ['too large'] : [],
  minLength: (limit: number, value: unknown) =>
    typeof value === 'string' && value.length < limit ? ['too short'] : [],
  minItems: (limit: number, value: unknown) => (Array.isArray(value) && value.length < limit ? ['too few items'] : []),
  maxItems: (limit: number, value: unknown) => (Array.isArray(value) && value.length > limit ? ['too many items'] : []),
  items: (schema: Schema, value: unknown) =>
    Array.isArray(value) ? value.flatMap((item, i) => within(i, violations(schema, item))) : [],
  required: (keys: string[], value: unknown) =>
    TYPES.object!(value)
      ? keys.filter((key) => !Object.hasOwn(value as object, key)).map((key) => `${key} is missing`)
      : [],
  properties: (schemas: Record<string, Schema>, value: unknown) =>
    TYPES.object!(value)
      ? Object.entries(value as object).flatMap(([key, item]) => {
          const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
          return schema ? within(key, violations(schema, item)) : [];
        })
      : [],
  additionalProperties: (allowed: boolean | Schema, value: unknown, { properties = {} }: Schema) => {
    if (allowed === true || !TYPES.object!(value)) return [];
    const others = Object.entries(value as object).filter(([key]) => !Object.hasOwn(properties as object, key));
    if (allowed === false) return others.map(([key]) => `${key} is not allowed`);
    return others.flatMap(([key, item]) => within(key, violations(allowed, item)));
  },
};

function within(key: string | number, messages: readonly string[]): string[] {
  return messages.map((message) => `${key}: ${message}`);
}

/** What a schema has against a value; nothing when it is valid. Throws on a keyword it does not know. */
export function violations(schema: Schema, value: unknown): string[] {
  return Object.entries(schema)
    .filter(([keyword]) => !ANNOTATIONS.includes(keyword))
    .flatMap(([keyword, argument]) => {
      const check = KEYWORDS[keyword];
      if (!check) throw new Error(`unknown keyword ${keyword}`);
      return check(argument as never, value as never, schema);
    });
}
