import { ed25519 } from '@evolock/kes-single';
import type { LeafScheme } from '@evolock/kes-single/composition';
import { placedView } from '@evolock/kes-single/unsound-memory';

/**
 * A view for a leaf scheme to read or write. That of Ed25519, which keeps none and hands them to native code alone, gets
 * its place written down in it. Any other scheme might pass on what it is given, and gets a plain view.
 *
 * @internal
 */
export function leafView({ leaf }: LeafScheme, view: Uint8Array): Uint8Array {
  return leaf === ed25519.leaf ? placedView(view) : view;
}
