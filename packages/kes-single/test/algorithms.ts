import { compactSingleKes, ed25519, singleKes, type KesAlgorithm } from '../src/index.js';
import { toyDsign } from './toy-dsign.js';

/** Both schemes over both leaf schemes. */
export const algorithms: readonly KesAlgorithm[] = [
  singleKes(ed25519),
  compactSingleKes(ed25519),
  singleKes(toyDsign()),
  compactSingleKes(toyDsign()),
];
