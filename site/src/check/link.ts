/** Links to a verdict: the input is in the fragment, which browsers send to no server. A link is read like a paste. */
import { digitsOf } from './digits.js';
import type { Given } from './input.js';
import type { Settings } from './settings.js';

/** The most bytes of an input in a link. */
const LARGEST = 4_096;

/** What a link contains. */
export interface Linked {
  readonly text: string;
  readonly network: Exclude<Settings['network'], 'other'>;
  readonly epochNonce: string;
}

const networks = ['mainnet', 'preprod', 'preview'] as const;

/**
 * The fragment of a link to an input that passed the test for signing keys; empty for none.
 *
 * @param isNonceProved - Whether the VRF proofs fit the nonce. Another one may be anything.
 */
export function linkTo(
  input: Extract<Given, { kind: 'cbor' | 'envelopes' }>,
  { network, epochNonce }: Settings,
  isNonceProved: boolean,
): string {
  const isLong = input.kind === 'cbor' ? input.bytes.byteLength > LARGEST : input.texts.length > 1;
  if (isLong || network === 'other') return '';
  const text = input.kind === 'cbor' ? digitsOf(input.bytes) : (input.texts[0] ?? '');
  if (text.length > 2 * LARGEST) return '';
  const parts = new URLSearchParams({ network, check: text });
  if (isNonceProved) parts.set('nonce', epochNonce.trim());
  return `#${String(parts)}`;
}

/** The input of a fragment; `undefined` when it has none. */
export function inputOfLink(fragment: string): Linked | undefined {
  const parts = new URLSearchParams(fragment.replace(/^#/, ''));
  const text = parts.get('check');
  if (text === null) return undefined;
  const network = networks.find((each) => each === parts.get('network')) ?? 'mainnet';
  return { text, network, epochNonce: parts.get('nonce') ?? '' };
}
