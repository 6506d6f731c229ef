import { runProcess } from '@evolock/command-line/process';
import { KES } from './kes.js';

void runProcess(KES, new URL('./', import.meta.url));
