/** What unpacking a file gives, whatever unpacks it. */

export type Unpacked =
  /** The next unpacked bytes, in memory of their own, and how far the file was read for them. */
  | { kind: 'bytes'; bytes: Uint8Array; readBytes: number }
  /** Damage between the bytes before and the bytes after; `offsetBytes` is of the file. After `truncated` nothing follows. */
  | { kind: 'fault'; fault: 'truncated' | 'damagedBlock'; offsetBytes: number }
  /** Unpacking could begin anew at this place of the file, with the bytes that follow. */
  | { kind: 'restart'; offsetBytes: number };
