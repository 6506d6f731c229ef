import { writeDurably } from '@evolock/direct-serialise-io/files';
import { refuseExisting, type FileKind } from './replaceable.js';

/** Writes a public file, whole or not at all. It may replace a file of its own kind when `force` is set. */
export function writePublic(
  path: string,
  content: Uint8Array,
  { force, kind }: { readonly force: boolean; readonly kind: FileKind },
): void {
  refuseExisting(path, force, kind);
  writeDurably(path, content, { replace: force, secret: false });
}
