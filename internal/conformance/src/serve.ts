/** `node serve.js`: the packages as a process for the runner. */
import { serve } from '../../../packages/test-vectors/test/support/server.js';
import { packages } from './packages.js';

await serve(packages, 'the packages');
