import { sum6Kes } from '@evolock/kes-sum';

/** Half a life in each process. */
export const HAND_OVER_PERIOD = sum6Kes.totalPeriods / 2;
