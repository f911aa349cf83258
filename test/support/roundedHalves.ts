/**
 * Half precision as a device would compute it, on the CPU provider. That one multiplies float16 by way of float32, and takes out the
 * casts it thinks are then for nothing, so that nothing is rounded any more; between two casts stands an op here that it leaves alone.
 */
import type { EmitContext } from '../../trainer-core/runtime/emitters.js';
import type { Encoder, Lowering } from '../../trainer-core/runtime/onnxEncoder.js';
import { attribute, dataType, type NodeProto } from '../../trainer-core/runtime/onnxSchema.js';

/** The same lowering, of which every cast to half precision, and every product in it, rounds on the CPU too. */
export function roundedHalves(lowering: Lowering): Lowering {
  const rounded = Object.entries(lowering).map(([op, lower]) => [
    op,
    (context: EmitContext<'Gemm'>) => (lower as typeof lowering.Gemm)?.({ ...context, e: keepingCasts(context.e) }),
  ]);
  return Object.fromEntries(rounded) as Lowering;
}

function keepingCasts(e: Encoder): Encoder {
  const kept = (x: string, output?: string) => e.node('Concat', [x], [attribute.int('axis', 0)], output);
  const node = (opType: string, input: string[], attributes?: NodeProto['attribute'], output?: string): string => {
    if (opType !== 'Cast') return e.node(opType, input, attributes, output);
    if (attributes?.[0]?.i === dataType.float16) return kept(e.node('Cast', input, attributes), output);
    return e.node('Cast', [kept(input[0] as string)], attributes, output);
  };
  return new Proxy(e, {
    get(target, key) {
      if (key === 'node') return node;
      const member = Reflect.get(target, key, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
