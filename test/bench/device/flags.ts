/** The flags of `npm run bench -- --device …`. */
import { DEVICE_NAMES } from '../../../trainer-core/protocol/devices.js';
import type { CompareOptions } from './compare.js';
import type { TorchOptions } from './contestants.js';

export const DEVICE_HELP = `npm run bench -- --device webgpu|cpu|… --mode finetune,distill,infer [options]
  steps on a device as the product does them, on sequences of one length; every mode with every batch, each timing in a process of its
  own, in turn; with the share of peaks, memory, a profile of kernels and what bounds a step
  --batch 32,128   sequences in a batch; --seq S (128)      --precision fp32,fp16   of ours (fp32)
  --vs-torch       the PyTorch peer in turn with ours, --torch-device cpu|cuda (cuda with a GPU device, else cpu),
                   --torch fp32,tf32,bf16,fp16 how it multiplies (cuda: fp32,tf32,bf16), --attn sdpa|eager (cuda: sdpa)
  --rounds N (3)   --steps N   --warmup N   --threads N   the models' shape as below
  --probe-size N   rows and columns of the matrices that measure the device (4096; cpu: 1024)
  --out DIR        writes results.json and results.md, a table for docs/experiments.md, after each case`;

const text = { type: 'string' } as const;

/** For `parseArgs`. */
export const DEVICE_FLAGS = {
  device: text,
  mode: text,
  batch: text,
  seq: text,
  precision: text,
  'vs-torch': { type: 'boolean' },
  'torch-device': text,
  torch: text,
  attn: text,
  rounds: text,
  steps: text,
  warmup: text,
  threads: text,
  layers: text,
  'teacher-layers': text,
  hidden: text,
  heads: text,
  ffn: text,
  vocab: text,
  'probe-size': text,
  out: text,
} as const;

/** The flags' values as `parseArgs` gives them. */
export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

const MODES = ['finetune', 'distill', 'infer'] as const;

/** What the flags ask for. @param command for the table. Throws an Error that says which value is not known. */
export function deviceOptions(values: FlagValues, command: string): CompareOptions {
  const text = (name: string, otherwise: string) => (values[name] as string | undefined) ?? otherwise;
  const optional = (name: string) => (values[name] === undefined ? null : countOf(name, values[name] as string));
  const number = (name: string, otherwise: number) => optional(name) ?? otherwise;
  const device = oneOf('device', text('device', ''), DEVICE_NAMES);
  const onCpu = device === 'cpu';
  return {
    device,
    modes: listOf('mode', text('mode', MODES.join()), MODES),
    batches: text('batch', '32')
      .split(',')
      .map((value) => countOf('batch', value)),
    precisions: listOf('precision', text('precision', 'fp32'), ['fp32', 'fp16']),
    torch: values['vs-torch'] ? torchOptions(text, onCpu) : null,
    rounds: number('rounds', 3),
    sizes: {
      seq: number('seq', 128),
      layers: number('layers', 6),
      teacherLayers: number('teacher-layers', 12),
      hidden: number('hidden', 768),
      heads: number('heads', 12),
      ffn: number('ffn', 3072),
      vocab: number('vocab', 32_000),
      ...(values.threads === undefined ? {} : { threads: number('threads', 1) }),
    },
    steps: optional('steps'),
    warmup: optional('warmup'),
    probeSize: number('probe-size', onCpu ? 1024 : 4096),
    out: (values.out as string | undefined) ?? null,
    command,
  };
}

function torchOptions(text: (name: string, otherwise: string) => string, onCpu: boolean): TorchOptions {
  const device = oneOf('torch-device', text('torch-device', onCpu ? 'cpu' : 'cuda'), ['cpu', 'cuda']);
  const [arithmetic, attention] = device === 'cuda' ? ['fp32,tf32,bf16', 'sdpa'] : ['fp32', 'eager'];
  return {
    device,
    arithmetic: listOf('torch', text('torch', arithmetic), ['fp32', 'tf32', 'bf16', 'fp16']),
    attention: oneOf('attn', text('attn', attention), ['eager', 'sdpa']),
  };
}

function countOf(flag: string, value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${flag} ${value}: a whole number`);
  return count;
}

function listOf<T extends string>(flag: string, values: string, known: readonly T[]): T[] {
  return values.split(',').map((value) => oneOf(flag, value, known));
}

function oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (!found) throw new Error(`--${flag} ${value}: one of ${known.join(', ')}`);
  return found;
}
