/** The checks of the page, in a worker that starts when the page is idle and is kept. */
import { computed, onMounted, onUnmounted, ref, shallowRef } from 'vue';
import type { Checkable, Line } from '../src/check/check.js';
import { linesReport, type Doubt } from '../src/check/lines-report.js';
import { linkTo, type Link } from '../src/check/link.js';
import type { Linkable, Report } from '../src/check/report.js';
import type { Settings } from '../src/check/settings.js';
import type { Answer, Order } from '../src/check/worker.js';

/** A verdict, and its link when that is known. */
export interface Shown {
  readonly report: Report;
  readonly link: Link | undefined;
}

/**
 * One check after the other.
 *
 * @param warn - Called with a sentence for the visitor instead of a verdict.
 * @param ended - Called after the last step.
 */
export function useChecking(
  warn: (sentence: string, isRequest: boolean) => void,
  ended: () => void,
) {
  const isBusy = ref(false);
  const isPaused = ref(false);
  const share = ref(0);
  const secondsLeft = ref<number>();
  /** The verdict on one input, or on one of several headers. */
  const one = shallowRef<Shown>();
  /** Which of several headers `one` is about; empty for the whole input. */
  const place = ref('');
  const lines = shallowRef<readonly Line[]>();
  const linkOfLines = shallowRef<Link>();
  const byron = ref(0);
  const doubt = shallowRef<Doubt>();
  const hasNonce = ref(false);
  const hasDates = ref(false);
  const report = computed(
    () =>
      lines.value &&
      linesReport({
        lines: lines.value,
        byron: byron.value,
        doubt: doubt.value,
        hasNonce: hasNonce.value,
        hasDates: hasDates.value,
        isDone: !isBusy.value || place.value !== '',
      }),
  );

  let worker: Worker | undefined;
  /** Counts the orders to the worker. */
  let orders = 0;
  let began = 0;
  let pausedAt = 0;
  /** What is checked, with the fields of that moment. */
  let checked:
    | { readonly input: Checkable; readonly settings: Settings; readonly link: Link | undefined }
    | undefined;

  onMounted(() => {
    const idle =
      (window.requestIdleCallback as Window['requestIdleCallback'] | undefined) ?? setTimeout;
    idle(() => void startedWorker());
  });
  onUnmounted(() => worker?.terminate());

  function startedWorker(): Worker {
    if (worker !== undefined) return worker;
    worker = new Worker(new URL('../src/check/worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.number === orders && isBusy.value) take(data);
    };
    worker.onerror = () => {
      worker?.terminate();
      worker = undefined;
      // The lines so far are no verdict on the whole.
      clear();
      warn('The page could not check this. Reload it, and try again.', false);
    };
    return worker;
  }

  function tell(order: Order): void {
    startedWorker().postMessage(order);
  }

  function stop(): void {
    if (isBusy.value) worker?.postMessage({ kind: 'stop' } satisfies Order);
    // An answer that is on its way belongs to no order.
    orders += 1;
    isBusy.value = false;
    isPaused.value = false;
  }

  function clear(): void {
    stop();
    one.value = undefined;
    place.value = '';
    lines.value = undefined;
    linkOfLines.value = undefined;
    byron.value = 0;
    doubt.value = undefined;
  }

  /** Checks an input, or one of several headers of it; `link` when it has one already. */
  function run(input: Checkable, settings: Settings, of = '', link?: Link): void {
    stop();
    one.value = undefined;
    place.value = of;
    if (of === '') {
      hasNonce.value = settings.epochNonce.trim() !== '';
      hasDates.value = settings.network !== 'other';
    }
    checked = { input, settings: { ...settings }, link };
    isBusy.value = true;
    began = performance.now();
    share.value = 0;
    secondsLeft.value = undefined;
    tell({ kind: 'check', number: (orders += 1), input, settings: checked.settings });
  }

  /** Whether the fields are those of the verdict that is shown. */
  function isOf(settings: Settings): boolean {
    return (
      one.value !== undefined && JSON.stringify(checked?.settings) === JSON.stringify(settings)
    );
  }

  function pause(): void {
    isPaused.value = !isPaused.value;
    tell({ kind: isPaused.value ? 'pause' : 'resume' });
    if (isPaused.value) pausedAt = performance.now();
    else began += performance.now() - pausedAt;
  }

  function take({ step, progress }: Answer): void {
    if (progress !== undefined) {
      share.value = progress.done / progress.total;
      const seconds = (performance.now() - began) / 1_000;
      // The first parts say little about the rest.
      secondsLeft.value =
        share.value > 0 && seconds > 1 ? Math.ceil(seconds / share.value - seconds) : undefined;
      return;
    }
    switch (step?.kind) {
      case 'problem':
      case 'request':
        warn(step.sentence, step.kind === 'request');
        return;
      case 'report': {
        one.value = { report: step.report, link: undefined };
        void linked(step.report.link, (link) => (one.value = { report: step.report, link }));
        return;
      }
      case 'lines':
        lines.value = [...(lines.value ?? []), ...step.lines];
        byron.value += step.byron;
        doubt.value = step.doubt;
        return;
      case undefined:
        isBusy.value = false;
        if (report.value !== undefined && place.value === '')
          void linked(report.value.link, (link) => (linkOfLines.value = link));
        ended();
    }
  }

  async function linked(linkable: Linkable | undefined, show: (link: Link) => void) {
    const order = orders;
    if (checked === undefined) return;
    const link = checked.link ?? (await linkTo(checked.input, checked.settings, linkable));
    if (order === orders) show(link);
  }

  return {
    ...{ isBusy, isPaused, share, secondsLeft, one, place, lines, linkOfLines, report },
    ...{ run, isOf, pause, clear },
  };
}
