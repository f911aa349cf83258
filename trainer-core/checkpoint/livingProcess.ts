/** Whether a process that left its id somewhere is still there. */

/** True when a process with this id lives; it may be another one, since ids are used again. */
export function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks only whether the process is there.
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process lives but is not ours.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
