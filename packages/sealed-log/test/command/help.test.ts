import { testHelp } from '@evolock/command-line/testing/help';
import { SEALED_LOG } from '../../src/command/program.js';
import { sealedLog } from './sealed-log.js';

await testHelp(SEALED_LOG, sealedLog, new URL('../../', import.meta.url));
