import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { abortController, onAbort } from '../../src/core/index.js';
import { wasWarnedOf } from './listener-warning.js';

describe('following a signal', () => {
  it('adds one listener for all who follow, and takes it away with the last', () => {
    const { signal } = new AbortController();
    const leave = Array.from({ length: 11 }, () => onAbort(signal, () => undefined));
    const during = getEventListeners(signal, 'abort').length;
    for (const one of leave) one();
    expect([during, getEventListeners(signal, 'abort').length]).toEqual([1, 0]);
  });

  it('calls back all who still follow, once', () => {
    const control = new AbortController();
    const told: string[] = [];
    onAbort(control.signal, () => told.push('stays'));
    const listener = (): void => void told.push('twice');
    const leave = onAbort(control.signal, listener);
    onAbort(control.signal, listener);
    onAbort(control.signal, () => told.push('left'))();
    leave();
    leave();
    control.abort();
    control.abort();
    expect(told).toEqual(['stays', 'twice']);
  });

  it('begins anew after all have gone', () => {
    const control = new AbortController();
    const told: string[] = [];
    const leave = onAbort(control.signal, () => told.push('first'));
    leave();
    onAbort(control.signal, () => told.push('second'));
    leave();
    control.abort();
    expect(told).toEqual(['second']);
  });
});

describe('a signal that is handed to others', () => {
  it('takes eleven listeners for no leak', () => {
    const { signal } = abortController();
    for (let count = 0; count < 11; count++) signal.addEventListener('abort', () => undefined);
    expect(wasWarnedOf(signal)).toBe(false);
  });
});
