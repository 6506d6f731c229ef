/** `node serve-kes-verify.js`: the package that verifies without native code, as a process for the runner. */
import { serve } from '../../../packages/test-vectors/test/support/server.js';
import { kesVerify } from './kes-verify.js';

await serve(kesVerify, '@evolock/kes-verify');
