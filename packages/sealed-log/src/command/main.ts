import { runProcess } from '@evolock/command-line/run';
import { SEALED_LOG } from './program.js';

void runProcess(SEALED_LOG, new URL('./', import.meta.url));
