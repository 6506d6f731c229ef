/** A rotation: the certificate in use, the network, and the moment. */
import type { KesParameters } from '@evolock/cardano-kes';
import type { Moment } from '../network/clock.js';

/** What every step of a rotation needs. */
export interface Rotation {
  /** The file of the certificate in use. */
  readonly cert: string;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  /** The options that name the network, to type them again. */
  readonly network: string;
}
