/** The module of a thread that walks through a log. */
import { parentPort, workerData } from 'node:worker_threads';
import { judge, type AnswerTo, type Done, type Question, type Work } from './judge.js';

/** What the thread sends. An error ends it. */
export type Sent = { readonly done: Done } | { readonly answer: AnswerTo<Question> };

/** Milliseconds between two messages about what was done. */
const INTERVAL = 100;

const send = (sent: Sent): void => parentPort?.postMessage(sent);

let sentAt = 0;
const tell = (done: Done): void => {
  if (Date.now() - sentAt < INTERVAL) return;
  sentAt = Date.now();
  send({ done });
};
send({ answer: await judge(workerData as Work, new URL('./', import.meta.url), tell) });
