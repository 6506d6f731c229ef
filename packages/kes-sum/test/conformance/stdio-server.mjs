/** The built package as a process for the conformance runner: `evolock-conformance -- node stdio-server.mjs`. */
import { serveImplementation } from '@evolock/test-vectors';
import { implementation } from './built-implementation.mjs';

await serveImplementation(implementation, { name: '@evolock/kes-sum' });
