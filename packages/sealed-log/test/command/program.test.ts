import { testProgram } from '@evolock/command-testing/program';
import { SEALED_LOG } from '../../src/command/program.js';
import { sealedLog } from './sealed-log.js';

await testProgram(SEALED_LOG, {
  run: sealedLog,
  folder: new URL('../../', import.meta.url),
  libraries: ['@noble/curves', '@noble/hashes', 'commander', 'smol-toml'],
});
