/** The ops a graph is made of: ONNX operators (opset 20) under their ONNX names, and a few composites lowered to them. */
import type { Dim } from './dims.js';

/** Element types inside a graph. */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

type None = Record<never, never>;

/** Attributes of every op. `axis` counts from the end when negative, as in ONNX. Reductions keep their dimensions. */
export interface OpAttributes {
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Neg: None;
  Exp: None;
  Log: None;
  Sqrt: None;
  Erf: None;
  /** (condition bool, a, b) → a where the condition holds, else b; all broadcast. */
  Where: None;
  Relu: None;
  Tanh: None;
  /** x · Φ(x) with the exact erf form. */
  Gelu: None;
  MatMul: None;
  /** alpha · A' · B' + beta · C, where ' is the optional transposition; C is optional and broadcasts. */
  Gemm: { transA: boolean; transB: boolean; alpha: number; beta: number };
  /** To the dimensions of its output. */
  Reshape: None;
  Transpose: { perm: readonly number[] };
  ReduceSum: { axes: readonly number[] };
  /** Over the last axis. */
  Softmax: None;
  /** Over the last axis. */
  LogSoftmax: None;
  /** Over the last axis; outputs (y, mean, inverse standard deviation). */
  LayerNormalization: { epsilon: number };
  /** Rows of a table by int32 index, along axis 0. Rows equal to `paddingIndex` get no gradient. */
  Gather: { paddingIndex: number | null };
  Concat: { axis: number };
  /** Into pieces of the sizes of its outputs. */
  Split: { axis: number };
  /** From element `start` to before `end` of an axis. */
  Slice: { axis: number; start: number; end: number };
  /** Broadcasts its input to the dimensions of its output. */
  Expand: None;
  /** Composite: (logits [N, V], labels int32 [N]) → (loss [N, 1], log-probabilities [N, V]). */
  SoftmaxCrossEntropy: None;
  /** Composite: (student logits [N, V], teacher logits [N, V]) → (KL(teacher ‖ student) [N, 1], student log-probabilities, teacher probabilities). */
  KlDivergence: None;
  /**
   * Composite: (student logits [N, V], pieces int32 [N, k], teacher log-probabilities [N, k + 1]: of those pieces, and of all others
   * together) → (KL(teacher ‖ student) over these k + 1 [N, 1], its gradient by the student's logits [N, V]).
   */
  TopKDivergence: None;
  /** The k highest of each row and their columns, int64; of equal ones the first. */
  TopK: { k: number };
  Cast: { to: ElementType };
  Equal: None;
  Greater: None;
  /** Zeros of the output's dimensions. */
  Zeros: None;
  /** int64 0, step, 2 · step … */
  Range: { step: Dim };
  /** data [V, H] with updates [N, H] added to the rows named by int32 indices [N]; repeated rows add up. */
  ScatterAdd: None;
}

export type Op = keyof OpAttributes;

/** Ops through which no gradient flows: their outputs are integers, truth values or bookkeeping, or they only lay out memory. */
export type NonDifferentiableOp = 'Cast' | 'Equal' | 'Greater' | 'Zeros' | 'Range' | 'ScatterAdd' | 'TopK' | 'Slice';

/** Ops that must have a gradient rule. */
export type DifferentiableOp = Exclude<Op, NonDifferentiableOp>;

/** A symbolic tensor: an input, a constant, or an output of a node. */
export interface Value {
  readonly id: number;
  readonly dims: readonly Dim[];
  readonly type: ElementType;
  /** The node that makes it; null for inputs and constants. */
  readonly node: Node | null;
}

/** One application of an op. */
export interface Node<O extends Op = Op> {
  readonly op: O;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: OpAttributes[O];
}

/**
 * What a student's rest counts as in `TopKDivergence` that is less, or nothing, because there are no other pieces: 1 divided by it is
 * still a float32.
 */
export const SMALLEST_REST = 1e-37;
