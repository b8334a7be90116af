import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/inspector.js', import.meta.url);

export default {
  title: 'the page of the inspector over the wire, compressed; and, to be shown in it, 10,000 settings',
  unit: 'KB',
  target: { text: 'the page at most 60 KB', median: { atMost: 60 } },
  async measure() {
    const { page, settings, answer, more } = await runFresh(TASK, 'weigh', []);
    const { paint, tree } = await runFresh(TASK, 'timeFirstPaint', []);
    return {
      median: page,
      medians: {
        'the 10,000 settings': settings,
        'CPU ms of the service to answer them': answer,
        'CPU ms of the service for one more viewer of a change': more,
        // Without a browser nothing is painted.
        ...(paint !== undefined && { 'ms to the first paint': paint, 'ms to the tree of 10,000 settings': tree }),
      },
    };
  },
};
