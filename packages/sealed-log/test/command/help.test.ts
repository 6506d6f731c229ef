import { fileURLToPath } from 'node:url';
import { placesOf, testHelp } from '@evolock/command-line/testing/help';
import { SEALED_LOG } from '../../src/command/program.js';
import { sealedLog } from './sealed-log.js';

const folder = new URL('../../', import.meta.url);

testHelp({
  program: SEALED_LOG,
  places: await placesOf(SEALED_LOG),
  run: sealedLog,
  folder,
  manual: fileURLToPath(new URL('dist/man', folder)),
});
