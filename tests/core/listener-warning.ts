/** Whether Node has warned of too many listeners; it keeps that with the signal, so that it warns once. */
export function wasWarnedOf(signal: AbortSignal): unknown {
  const mark = Object.getOwnPropertySymbols(signal).find(
    ({ description }) => description === 'events.maxEventTargetListenersWarned',
  );
  return mark && Reflect.get(signal, mark);
}
