import { EvolockError } from '@evolock/kes-sum';
import { DemoError } from './demo-error.js';

/** The code of the error by which an operation is refused. That it is not refused is an error here. */
export function refusalOf(operation: () => unknown): string {
  try {
    operation();
  } catch (error) {
    if (error instanceof EvolockError) return error.code;
    throw error;
  }
  throw new DemoError('STEP_FAILED', 'something was done that has to be refused');
}
