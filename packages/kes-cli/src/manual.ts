import { writePages } from '@evolock/command-line/manual';
import { KES } from './kes.js';

void writePages(KES, 'dist/man/man1');
