import { toyDsign } from '@evolock/test-support';
import { compactSingleKes, ed25519, singleKes, type KesAlgorithm } from '../src/index.js';

/** Both schemes over both leaf schemes. */
export const algorithms: readonly KesAlgorithm[] = [
  singleKes(ed25519),
  compactSingleKes(ed25519),
  singleKes(toyDsign()),
  compactSingleKes(toyDsign()),
];
