import { runProcess } from '@evolock/command-line/run';
import { KES } from './kes.js';

void runProcess(KES, new URL('./', import.meta.url));
