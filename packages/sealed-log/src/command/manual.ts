import { writePages } from '@evolock/command-line/manual';
import { SEALED_LOG } from './program.js';

void writePages(SEALED_LOG, 'dist/man/man1');
