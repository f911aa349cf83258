/** Where the PyTorch peer is. */
import { fileURLToPath } from 'node:url';

const file = (name: string) => fileURLToPath(new URL(`../../../../test/bench/torch/${name}`, import.meta.url));

/** The peer on a CPU: Debian's PyTorch, tuned. */
export const PEER = file('bench.sh');
/** The program itself, for a Python that has PyTorch. */
export const PEER_PROGRAM = file('bench.py');
