/** The fields of the form: the network of a header and the nonce of its epoch; the verifier key of a sealed log, and what is accepted of it. */
import {
  kesParameters,
  mainnet,
  preprod,
  preview,
  type KesParameters,
} from '@evolock/cardano-headers';
import type { Range } from '@evolock/sealed-log/verify';
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
  /** Erased entries that are accepted, like `4-6,9`. */
  erased: string;
  /** How long entries have to be kept, in days; empty when all have to be there. */
  retention: string;
  /** Seals from this number on prove nothing, since their key was stolen; empty when it was not. */
  revokedFrom: string;
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
  erased: '',
  retention: '',
  revokedFrom: '',
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

/** What the visitor accepts of a log. */
export interface Accepted {
  /** The greatest age of the last seal, in seconds. */
  readonly maxAge: number | undefined;
  /** Ranges [from, to) of entries. */
  readonly erased: readonly Range[];
  /** Seconds. */
  readonly retention: number | undefined;
  readonly revokedFrom: number | undefined;
}

/**
 * What the fields accept of a log.
 *
 * @throws {@link SettingsError} A sentence for the visitor.
 */
export function acceptedOf(settings: Settings): Accepted {
  const days = numberOf('The time for which entries are kept', settings.retention);
  return {
    maxAge: numberOf('The greatest age', settings.maxAge),
    erased: rangesOf(settings.erased),
    retention: days && SECONDS_OF_DAY * days,
    revokedFrom: revokedFromOf(settings),
  };
}

/**
 * The number of the first revoked seal.
 *
 * @throws {@link SettingsError} A sentence for the visitor.
 */
export function revokedFromOf({ revokedFrom }: Settings): number | undefined {
  return revokedFrom.trim() === '0' ? 0 : numberOf('The number of the stolen key', revokedFrom);
}

const SECONDS_OF_DAY = 86_400;

function numberOf(name: string, text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(countOf(name, text));
}

function rangesOf(text: string): Range[] {
  return text.trim() === '' ? [] : text.split(',').map(rangeOf);
}

function rangeOf(text: string): Range {
  const [, first = '', next] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text.trim()) ?? [];
  const from = Number(first);
  const to = next === undefined ? from + 1 : Number(next);
  if (first !== '' && from < to) return [from, to];
  throw new SettingsError(
    'Erased entries are numbers and ranges: 4-6,9 are the entries 4, 5 and 9. Entries count from 0.',
  );
}

function nonceOf(text: string): Uint8Array | undefined {
  if (text.trim() === '') return undefined;
  const bytes = bytesOfDigits(text);
  if (bytes?.byteLength !== NONCE_SIZE)
    throw new SettingsError('The nonce of the epoch must be 64 hexadecimal digits.');
  return bytes;
}
