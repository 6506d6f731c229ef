/** `node serve.js`: the native packages as a process for the runner. */
import { serve } from '../../../packages/test-vectors/test/support/server.js';
import { native } from './native.js';

await serve(native, 'the native packages');
