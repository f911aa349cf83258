/** Dimensions of symbolic tensors: a number, or a product of named symbols such as `batch*sequence`. */

/**
 * One dimension. A string is a canonical product: an optional leading integer, then symbols in
 * alphabetical order, joined by `*` (`'batch*sequence'`, `'4*batch'`).
 */
export type Dim = number | string;

/** Values of the symbols for one run, for instance `{ batch: 32, sequence: 128 }`. */
export type Bindings = Readonly<Record<string, number>>;

interface Factors {
  coefficient: number;
  symbols: string[];
}

/** What a dimension is the product of: a number where it is not 1, and symbols; `[1]` for 1. */
export function factors(dim: Dim): (number | string)[] {
  const { coefficient, symbols } = factored(dim);
  return coefficient === 1 && symbols.length > 0 ? symbols : [coefficient, ...symbols];
}

function factored(dim: Dim): Factors {
  if (typeof dim === 'number') return { coefficient: dim, symbols: [] };
  const parts = dim.split('*');
  const first = Number(parts[0]);
  return Number.isNaN(first) ? { coefficient: 1, symbols: parts } : { coefficient: first, symbols: parts.slice(1) };
}

function canonical({ coefficient, symbols }: Factors): Dim {
  if (symbols.length === 0) return coefficient;
  const sorted = [...symbols].sort();
  return coefficient === 1 ? sorted.join('*') : [coefficient, ...sorted].join('*');
}

/** The product of dimensions; 1 for an empty list. */
export function product(dims: readonly Dim[]): Dim {
  const all = dims.map(factored);
  return canonical({
    coefficient: all.reduce((n, f) => n * f.coefficient, 1),
    symbols: all.flatMap((f) => f.symbols),
  });
}

/** `a / b`, or null when `b` does not divide `a` for every value of the symbols. */
export function quotient(a: Dim, b: Dim): Dim | null {
  const numerator = factored(a);
  const denominator = factored(b);
  const symbols = [...numerator.symbols];
  for (const symbol of denominator.symbols) {
    const at = symbols.indexOf(symbol);
    if (at < 0) return null;
    symbols.splice(at, 1);
  }
  const coefficient = numerator.coefficient / denominator.coefficient;
  return Number.isInteger(coefficient) ? canonical({ coefficient, symbols }) : null;
}

/** The number a dimension stands for. Throws when a symbol has no value. */
export function evaluate(dim: Dim, bindings: Bindings): number {
  const { coefficient, symbols } = factored(dim);
  return symbols.reduce((n, symbol) => {
    const value = bindings[symbol];
    if (value === undefined) throw new Error(`no value for dimension '${symbol}'`);
    return n * value;
  }, coefficient);
}

/** The number of elements of a tensor with these dimensions. */
export function elementCount(dims: readonly Dim[], bindings: Bindings): number {
  return dims.reduce<number>((n, dim) => n * evaluate(dim, bindings), 1);
}

/** The shape of `a ∘ b` under NumPy broadcasting. Symbols broadcast only against 1 or themselves. */
export function broadcast(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new Error(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
  });
}

/** True when both shapes are the same, symbol by symbol. */
export function sameDims(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}
