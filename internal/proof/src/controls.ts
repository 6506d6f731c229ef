import { CONTROLS } from './control-operations.js';
import { proveControl } from './prove-control.js';

/** What a control left outside of locked memory, as the scan saw it. */
export interface ControlResult {
  readonly control: string;
  /** Copies, or pieces of one: at least one, or the scans are blind to it. */
  readonly unlocked: number;
}

/** All controls. */
export async function allControls(): Promise<ControlResult[]> {
  const results: ControlResult[] = [];
  for (const control of CONTROLS) {
    const { unlocked } = await proveControl(control);
    results.push({ control, unlocked });
  }
  return results;
}
