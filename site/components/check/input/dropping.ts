/** What is dropped anywhere on the page. */
import { onMounted, onUnmounted, ref, type Ref } from 'vue';

interface Taker {
  takeFiles(files: readonly File[]): unknown;
  takeText(text: string): void;
}

/** Takes what is dropped, while the component is on the page. Returns whether something is held over the page. */
export function useDropping(taker: Taker): Readonly<Ref<boolean>> {
  const isOver = ref(false);
  const listeners = {
    dragover(event: DragEvent) {
      isOver.value = true;
      event.preventDefault();
    },
    /** Hears of every element that the mouse leaves; of the window, it enters no other. */
    dragleave({ relatedTarget }: DragEvent) {
      if (relatedTarget === null) isOver.value = false;
    },
    drop(event: DragEvent) {
      isOver.value = false;
      take(event, taker);
    },
  };
  const kinds = Object.keys(listeners) as (keyof typeof listeners)[];
  onMounted(() => {
    for (const kind of kinds) window.addEventListener(kind, listeners[kind]);
  });
  onUnmounted(() => {
    for (const kind of kinds) window.removeEventListener(kind, listeners[kind]);
  });
  return isOver;
}

/** A text that is dropped into a small field belongs there. */
function take(event: DragEvent, taker: Taker): void {
  const dropped = [...(event.dataTransfer?.files ?? [])];
  if (dropped.length === 0 && event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  if (dropped.length > 0) {
    taker.takeFiles(dropped);
    return;
  }
  const text = event.dataTransfer?.getData('text/plain') ?? '';
  if (text !== '') taker.takeText(text);
}
