import { serveImplementation } from '../src/stdio/server.js';
import { oracle } from './scheme/implementation.js';

/** The oracle as a process for the runner. */
void serveImplementation(oracle, { name: 'oracle of @evolock/test-vectors' });
