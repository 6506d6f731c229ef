import { ed25519, singleKes } from '../../../src/index.js';

export const algorithm = singleKes(ed25519);
