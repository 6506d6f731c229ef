import { serveImplementation } from '../src/stdio-server.js';
import { oracle } from './implementation.js';

/** The oracle as a process that the runner can test. */
void serveImplementation(oracle, { name: 'oracle of @evolock/test-vectors' });
