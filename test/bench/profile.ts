/** Profiles of whatever a benchmark computes. */
import { Program } from '../../trainer-core/runtime/program.js';

/** From here on each program writes a profile of every op when it is disposed: `prefix`, the time, `.json`. */
export function profileAll(prefix: string): void {
  const compile = Program.compile.bind(Program);
  Program.compile = (graph, options = {}) => compile(graph, { ...options, profileFile: prefix });
}
