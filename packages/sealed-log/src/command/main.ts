import { runProcess } from '@evolock/command-line/process';
import { SEALED_LOG } from './program.js';

void runProcess(SEALED_LOG, new URL('./', import.meta.url));
