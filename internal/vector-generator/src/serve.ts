/** `node serve.js right` or `wrong`: an implementation as a process for the tests of the runner. */
import { serveImplementation } from '@evolock/test-vectors';
import { native } from './native.js';
import { wrong } from './wrong.js';

const name = process.argv[2] === 'wrong' ? 'deliberately wrong' : 'the native packages';
await serveImplementation(process.argv[2] === 'wrong' ? wrong : native, { name });
