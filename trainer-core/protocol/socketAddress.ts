/** Addresses of runs' sockets, which are read from run folders and may come from anyone. */

/**
 * Whether an address is a path on this machine. On Windows a pipe may be another machine's, which would be sent the user's
 * credentials.
 * @param platform as `process.platform`
 */
export function isOnThisMachine(address: string, platform: string): boolean {
  return platform === 'win32' ? /^\\\\[.?]\\pipe\\/i.test(address) : address.startsWith('/');
}
