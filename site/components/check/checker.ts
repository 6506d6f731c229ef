/** The page that checks, without its elements: what the visitor does, and what the page then says and checks. */
import { nextTick, shallowReactive } from 'vue';
import type { Checkable, Line } from '../../src/check/check.js';
import { exampleOfLink, linkToExample, type Example } from '../../src/check/examples.js';
import {
  OF_ENTRY,
  ofMember,
  SECRET,
  suspiciousField,
  UNCLEAR,
  type Given,
} from '../../src/check/input/input.js';
import {
  inputOfLink,
  lineOfLink,
  linkToLine,
  suspiciousFragment,
  withoutLine,
  type Link,
} from '../../src/check/link.js';
import { isVerifierKey, type GivenFile } from '../../src/check/input/log-files.js';
import type { NetworkName } from '../../src/check/reports/report.js';
import { Checking } from './checking/checking.js';
import { adopt, areFields, keep, newFields, restore, takeKey } from './input/fields.js';
import {
  giveFiles,
  hold,
  noInput,
  recognised,
  remove,
  replace,
  wipe,
  type Recognised,
} from './input/given-input.js';
import { loadExample, readFiles } from './input/sources.js';

const NOTHING = 'Paste a header, a block or a certificate, or choose a file.';
const DAMAGED = 'This link is damaged, or was cut off on its way.';
const KEY_ALONE =
  'This is the verifier key of a log: drop the log and its seals, or paste a proof.';

/** Something that may be a signing key. */
type Suspicious = Extract<Given, { readonly kind: 'secret' | 'unclear' }>;

export class Checker {
  readonly given = noInput();
  readonly fields = newFields();
  readonly checking: Checking;
  readonly shown = shallowReactive({
    warning: '',
    /** Whether the warning only asks for more, or says that nothing is wrong. */
    isCalm: false,
    /** For those who hear the page. */
    status: '',
    /** What the fields of a sealed log are for; empty when they are hidden. */
    logOf: '' as 'log' | 'proof' | '',
    /** The name of the line of a log that is led to; empty for none. */
    line: '',
  });
  /** Counts what the visitor chose, so that a slow file or example does not replace a later one. */
  #choices = 0;
  /** The bytes of which the lines are lines. */
  #whole: Uint8Array = new Uint8Array();
  /** The warning of what was cleared, and the fields of that moment: beside others it is out of date. */
  #cleared = { warning: '', fields: '' };

  /** @param lead - Called when a check has ended and its verdict is on the page. */
  constructor(lead: () => void) {
    this.checking = new Checking({
      warn: (sentence, isRequest) => this.#say(sentence, isRequest),
      ended: () => {
        const { one } = this.checking.shown;
        const report = one?.report ?? this.checking.report;
        this.shown.status = report === undefined ? '' : `${report.title}.`;
        void nextTick(lead);
      },
    });
  }

  /** Checks what the field or the files contain. */
  async start(): Promise<void> {
    const before = this.#lastWarning();
    this.#clear();
    this.#choices += 1;
    const choice = this.#choices;
    this.checking.shown.isBusy = true;
    const field = await suspiciousField(this.fields.settings);
    const { source, files }: Recognised =
      field === undefined ? await recognised(this.given) : { source: field };
    if (choice !== this.#choices) return;
    this.checking.shown.isBusy = false;
    if (files !== undefined) giveFiles(this.given, files);
    if (field !== undefined) Object.assign(this.fields.settings, { [field.name]: '' });
    switch (source.kind) {
      case 'nothing':
        // The key Enter changes a field and sends the form: what the first found stays.
        this.#say(before || NOTHING);
        return;
      case 'secret':
      case 'unclear':
        this.#forget(sentenceOn(source), field?.name === 'entry' ? OF_ENTRY : '');
        return;
      default:
        await this.#take(source);
    }
  }

  /** Begins an input of the visitor, which the address does not name. */
  beginOwn(): void {
    leaveLink();
    this.shown.line = '';
    this.#begin();
  }

  /** Takes a text that was dropped. */
  takeText(text: string): void {
    this.given.text = text;
    this.beginOwn();
    void this.start();
  }

  async takeFiles(chosen: readonly File[]): Promise<void> {
    if (chosen.length === 0) return;
    const { text } = this.given;
    this.beginOwn();
    if (isVerifierKey(text)) takeKey(this.fields, text.trim());
    this.given.text = '';
    await this.#startWith(readFiles(chosen), (files) => giveFiles(this.given, files));
  }

  /** Takes a file off the list, and checks the others. */
  async remove(file: GivenFile): Promise<void> {
    remove(this.given, file);
    if (this.given.files.length > 0) {
      leaveLink();
      await this.start();
      return;
    }
    this.beginOwn();
    if (this.given.held.length === 0) this.shown.logOf = '';
  }

  /** Follows the link of an example at once, also when it is in the address already. */
  choose(example: Example): void {
    this.shown.line = '';
    history.pushState(null, '', linkToExample(example));
    void this.#load(example);
  }

  /** Reads the input of the link in the address, by the rules of a paste and of a drop. */
  open(): void {
    const fragment = location.hash;
    const example = exampleOfLink(withoutLine(fragment));
    this.shown.line = lineOfLink(fragment);
    if (example !== undefined) return void this.#load(example);
    const found = inputOfLink(fragment);
    if (found === undefined || found === 'damaged') return void this.#refuse(fragment, found);
    this.#begin();
    adopt(this.fields, found.settings);
    replace(this.given, found.text, found.files);
    void this.start();
  }

  /** Leads to a line of the log that is shown. Where the address leads to the log, it leads to the line too. */
  showLine(name: string): void {
    this.shown.line = name;
    history.replaceState(null, '', linkToLine(withoutLine(location.hash), name));
  }

  /** Shows the facts of one header of several. */
  show({ slot, place: { start, end } }: Line): void {
    const place = slot === '' ? `byte ${start}` : `slot ${slot}`;
    this.#run({ kind: 'cbor', bytes: this.#whole.slice(start, end) }, place);
  }

  chooseNetwork(name: NetworkName): void {
    this.fields.settings.network = name;
    this.networkChosen();
  }

  networkChosen(): void {
    keep(this.fields);
    this.again();
  }

  /** Checks again with other fields, when something was checked. */
  again(): void {
    const { one, found } = this.checking.shown;
    if (one !== undefined || found !== undefined || this.shown.warning !== '') void this.start();
  }

  /** Checks with a field of a log. A field that changed before the check says so late, when it loses the focus. */
  fieldChanged(): void {
    if (!this.checking.isOf(this.fields.settings)) void this.start();
  }

  keyTyped(): void {
    if (!this.shown.isCalm) this.#say('');
    this.fields.settings.isKeyOfLink = false;
    keep(this.fields);
  }

  /** Checks what was pasted, after the browser has put it into the field. */
  pasted(): void {
    setTimeout(() => void this.start());
  }

  /** Checks what was recognised, or says what it is a part of. */
  async #take(source: Exclude<Given, Suspicious | { readonly kind: 'nothing' }>): Promise<void> {
    switch (source.kind) {
      case 'part':
      case 'unreadable':
        hold(this.given, source.kind === 'part' ? 'pasted' : undefined);
        this.#say(source.sentence, source.kind === 'part');
        return;
      case 'verifier-key':
        await this.#takeKey(source.line);
        return;
      case 'log':
      case 'proof':
        this.shown.logOf = source.kind;
        hold(this.given, source.kind);
        this.#run(source);
        return;
      case 'cbor':
      case 'envelopes':
        this.shown.logOf = '';
        this.given.held = [];
        if (source.kind === 'cbor') this.#whole = source.bytes;
        this.#run(source);
    }
  }

  /** A verifier key goes into its field, and what waits for it is checked. */
  async #takeKey(line: string): Promise<void> {
    const { held } = this.given;
    takeKey(this.fields, line);
    giveFiles(this.given, held);
    if (held.length > 0) return this.start();
    this.shown.logOf = 'log';
    this.#say(KEY_ALONE, true);
  }

  async #load(example: Example): Promise<void> {
    this.#begin();
    replace(this.given, '', []);
    adopt(this.fields, example.settings);
    await this.#startWith(loadExample(example), (files) => {
      const [only] = files;
      const isText = only !== undefined && /\.(?:hex|json)$/.test(only.name);
      if (isText) replace(this.given, new TextDecoder().decode(only.bytes), []);
      else giveFiles(this.given, files);
    });
  }

  /** Checks what is read, unless the visitor has chosen something else meanwhile. */
  async #startWith(
    reading: ReturnType<typeof readFiles>,
    give: (files: readonly GivenFile[]) => void,
  ): Promise<void> {
    const choice = this.#choices;
    const read = await reading;
    if (choice !== this.#choices) return;
    if (typeof read === 'string') {
      this.#say(read);
      return;
    }
    give(read);
    await this.start();
  }

  #run(input: Checkable, place = ''): void {
    this.shown.status = 'Checking …';
    const link = place === '' ? this.#linkOfExample() : undefined;
    this.checking.run(input, this.fields.settings, place, link);
  }

  /** The link to the example in the address, while its fields are unchanged. An input of the visitor leaves the address. */
  #linkOfExample(): Link | undefined {
    const example = exampleOfLink(withoutLine(location.hash));
    return example && areFields(this.fields, example.settings)
      ? { fragment: linkToExample(example) }
      : undefined;
  }

  /** Clears a fragment that is no link and may be a key, or that is a damaged link. */
  async #refuse(fragment: string, found: 'damaged' | undefined): Promise<void> {
    const kind = await suspiciousFragment(fragment);
    if ((kind ?? found) === undefined || fragment !== location.hash) return;
    this.#begin();
    // A damaged link can have a nonce, which is 32 bytes long.
    const isDamage = kind !== 'secret' && found === 'damaged';
    this.#forget(isDamage || kind === undefined ? DAMAGED : sentenceOn({ kind }));
  }

  /** Clears the field, the files and the link, overwrites the bytes of the files, and says so. */
  #forget(sentence: string, besides = ''): void {
    wipe(this.given);
    leaveLink();
    this.#say(`${sentence}${besides}`, sentence === UNCLEAR);
    this.#cleared = { warning: this.shown.warning, fields: JSON.stringify(this.fields.settings) };
  }

  /** Begins an input: what is shown belongs to the input before. */
  #begin(): void {
    this.#clear();
    this.#choices += 1;
    this.given.files = [];
    restore(this.fields);
  }

  #clear(): void {
    this.checking.clear();
    this.#say('');
    this.shown.status = '';
  }

  #say(sentence: string, isRequest = false): void {
    this.shown.warning = sentence;
    this.shown.isCalm = isRequest;
  }

  /** The warning that is shown, unless it is about fields that were changed since. */
  #lastWarning(): string {
    const { warning } = this.shown;
    const isOld =
      warning === this.#cleared.warning &&
      JSON.stringify(this.fields.settings) !== this.#cleared.fields;
    return isOld ? '' : warning;
  }
}

function sentenceOn({ kind, member }: Suspicious & { readonly member?: string | undefined }) {
  if (kind === 'unclear') return UNCLEAR;
  return member === undefined ? SECRET : ofMember(member);
}

/** What is shown is no longer that of the address: a reload shall not bring that back. */
function leaveLink(): void {
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
}
