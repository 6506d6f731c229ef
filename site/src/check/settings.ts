/** The fields of the form: the network of a header and the nonce of its epoch; the verifier key of a sealed log. */
import {
  kesParameters,
  mainnet,
  preprod,
  preview,
  type KesParameters,
} from '@evolock/cardano-headers';
import { bytesOfDigits } from './input/digits.js';
import type { NetworkName } from './reports/report.js';

/** The fields of the form, which the page changes. */
export interface Settings {
  network: NetworkName | 'other';
  /** For another network. */
  slotsPerKesPeriod: string;
  /** For another network. */
  maxKesEvolutions: string;
  /** 64 hexadecimal digits; empty when unknown. */
  epochNonce: string;
  /** The verifier key of a sealed log. */
  verifierKey: string;
  /** Whether the verifier key came with a link. */
  isKeyOfLink: boolean;
  /** The greatest age of the last seal of a log, in seconds; empty when it is not asked. */
  maxAge: string;
  /** The entry that a proof is about. */
  entry: string;
}

/** The fields of a page that was just opened. */
export const defaults: Readonly<Settings> = {
  network: 'mainnet',
  slotsPerKesPeriod: '129600',
  maxKesEvolutions: '62',
  epochNonce: '',
  verifierKey: '',
  isKeyOfLink: false,
  maxAge: '',
  entry: '',
};

/** What a verdict needs beside its input. */
export interface Surroundings {
  readonly parameters: KesParameters;
  readonly epochNonce: Uint8Array | undefined;
}

/** A field has a wrong value. The message is a sentence. */
export class SettingsError extends Error {}

const NONCE_SIZE = 32;
const known = { mainnet, preprod, preview };

/**
 * The parameters that the fields state.
 *
 * @throws {@link SettingsError} A sentence for the visitor.
 */
export function surroundings(settings: Settings): Surroundings {
  return { parameters: parametersOf(settings), epochNonce: nonceOf(settings.epochNonce) };
}

function parametersOf(settings: Settings): KesParameters {
  if (settings.network !== 'other') return known[settings.network];
  return kesParameters({
    name: 'the network with these parameters',
    slotsPerKesPeriod: countOf('slotsPerKESPeriod', settings.slotsPerKesPeriod),
    maxKesEvolutions: Number(countOf('maxKESEvolutions', settings.maxKesEvolutions)),
  });
}

function countOf(name: string, text: string): bigint {
  const digits = text.trim();
  if (!/^[1-9]\d{0,14}$/.test(digits))
    throw new SettingsError(`${name} must be a whole number from 1 on, of at most 15 digits.`);
  return BigInt(digits);
}

/**
 * The greatest age of the last seal of a log, in seconds; `undefined` when it is not asked.
 *
 * @throws {@link SettingsError} A sentence for the visitor.
 */
export function maxAgeOf({ maxAge }: Settings): number | undefined {
  return maxAge.trim() === '' ? undefined : Number(countOf('The greatest age', maxAge));
}

function nonceOf(text: string): Uint8Array | undefined {
  if (text.trim() === '') return undefined;
  const bytes = bytesOfDigits(text);
  if (bytes?.byteLength !== NONCE_SIZE)
    throw new SettingsError('The nonce of the epoch must be 64 hexadecimal digits.');
  return bytes;
}
