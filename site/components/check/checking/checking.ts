/** One check after the other: orders to the worker, and what it found. */
import { computed, shallowReactive } from 'vue';
import type { Checkable, Step } from '../../../src/check/check.js';
import { withChangedLine } from '../../../src/check/input/changed-line.js';
import { linesReport, type Lines } from '../../../src/check/reports/lines-report.js';
import { linkTo, type Link } from '../../../src/check/link.js';
import type { Linkable, Report } from '../../../src/check/reports/report.js';
import { defaults, type Settings } from '../../../src/check/settings.js';
import type { Answer } from '../../../src/check/worker.js';
import { CheckWorker } from './check-worker.js';
import { Progress } from './progress.js';

/** A verdict, and its link when that is known. */
interface Verdict {
  readonly report: Report;
  readonly link: Link | undefined;
  readonly input: Checkable;
}

/** What was found of several headers. */
type Found = Pick<Lines, 'lines' | 'byron' | 'doubt'>;

/** What is checked, with the fields of that moment, and its link when it has one already. */
interface Checked {
  readonly input: Checkable;
  readonly settings: Settings;
  readonly link: Link | undefined;
}

/** Whom a check tells. */
interface Listener {
  /** Called with a sentence for the visitor instead of a verdict. */
  readonly warn: (sentence: string, isRequest: boolean) => void;
  /** Called after the last step. */
  readonly ended: () => void;
}

export class Checking {
  readonly progress = new Progress();
  readonly shown = shallowReactive({
    isBusy: false,
    /** The verdict on one input, or on one of several headers. */
    one: undefined as Verdict | undefined,
    /** Which of several headers `one` is about; empty for the whole input. */
    place: '',
    found: undefined as Found | undefined,
    linkOfLines: undefined as Link | undefined,
    /** The fields with which the whole input is checked. */
    settings: defaults as Settings,
  });
  readonly #report = computed(() => this.#reportOfLines());
  readonly worker = new CheckWorker(
    (answer) => this.#take(answer),
    () => this.#fail(),
  );
  readonly #listener: Listener;
  /** The number of the last order to the worker. */
  #order = 0;
  #checked: Checked | undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** The verdict on several headers. */
  get report(): Report | undefined {
    return this.#report.value;
  }

  /** Whether all of several headers are checked. */
  get isDone(): boolean {
    return !this.shown.isBusy || this.shown.place !== '';
  }

  /** Checks an input, or one of several headers of it; `link` when it has one already. */
  run(input: Checkable, settings: Settings, place = '', link?: Link): void {
    this.#stop();
    this.#checked = { input, settings: { ...settings }, link };
    if (place === '') this.shown.settings = this.#checked.settings;
    this.shown.one = undefined;
    this.shown.place = place;
    this.shown.isBusy = true;
    this.progress.begin();
    this.#order += 1;
    const order = { input, settings: this.#checked.settings, number: this.#order };
    this.worker.tell({ kind: 'check', ...order });
  }

  pause(): void {
    this.worker.tell({ kind: this.progress.pause() });
  }

  clear(): void {
    this.#stop();
    this.shown.one = undefined;
    this.shown.place = '';
    this.shown.found = undefined;
    this.shown.linkOfLines = undefined;
  }

  /** Whether the fields are those of the verdict that is shown. */
  isOf(settings: Settings): boolean {
    return (
      this.shown.one !== undefined &&
      JSON.stringify(this.#checked?.settings) === JSON.stringify(settings)
    );
  }

  #stop(): void {
    if (this.shown.isBusy) this.worker.stop();
    // An answer that is on its way belongs to no order.
    this.#order += 1;
    this.shown.isBusy = false;
    this.progress.end();
  }

  #fail(): void {
    // The lines so far are no verdict on the whole.
    this.clear();
    this.#listener.warn('The page could not check this. Reload it, and try again.', false);
  }

  #take({ number, step, progress }: Answer): void {
    if (number !== this.#order || !this.shown.isBusy) return;
    if (progress !== undefined) this.progress.take(progress);
    else if (step !== undefined) this.#takeStep(step);
    else this.#end();
  }

  #takeStep(step: Step): void {
    switch (step.kind) {
      case 'problem':
      case 'request':
        this.#listener.warn(step.sentence, step.kind === 'request');
        return;
      case 'report':
        void this.#complete(step.report);
        return;
      case 'lines': {
        const { lines = [], byron = 0 } = this.shown.found ?? {};
        this.shown.found = {
          lines: [...lines, ...step.lines],
          byron: byron + step.byron,
          doubt: step.doubt,
        };
      }
    }
  }

  /** Shows the changed line and the link of a verdict, when they are known. */
  async #complete(judged: Report): Promise<void> {
    if (this.#checked === undefined) return;
    const order = this.#order;
    const { input } = this.#checked;
    this.shown.one = { report: judged, link: undefined, input };
    const report = await withChangedLine(judged);
    if (order !== this.#order) return;
    this.shown.one = { report, link: undefined, input };
    await this.#link(report.link, (link) => (this.shown.one = { report, link, input }));
  }

  #end(): void {
    this.shown.isBusy = false;
    if (this.report !== undefined && this.shown.place === '')
      void this.#link(this.report.link, (link) => (this.shown.linkOfLines = link));
    this.#listener.ended();
  }

  /** Finds the link of a verdict. Shows it unless another check has begun. */
  async #link(linkable: Linkable | undefined, show: (link: Link) => void): Promise<void> {
    const order = this.#order;
    if (this.#checked === undefined) return;
    const { input, settings, link } = this.#checked;
    const found = link ?? (await linkTo(input, settings, linkable));
    if (order === this.#order) show(found);
  }

  #reportOfLines(): Report | undefined {
    const { found, settings } = this.shown;
    return (
      found &&
      linesReport({
        ...found,
        hasNonce: settings.epochNonce.trim() !== '',
        hasDates: settings.network !== 'other',
        isDone: this.isDone,
      })
    );
  }
}
