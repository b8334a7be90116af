import { freshFigures } from '../harness/fresh-figures.js';

const TASK = new URL('../harness/tasks/generate.js', import.meta.url);

export default {
  title: 'the JSON Schema, and the reference, of 200 sections of 20 fields, the first in a process',
  unit: 'CPU ms',
  target: { text: 'the schema under 1 s', median: { below: 1_000 } },
  async measure() {
    const { figures, errors } = await freshFigures(['schema', 'docs'], {
      processes: 3,
      task: TASK,
      name: 'timeGenerate',
      args: (what) => [what, 200],
    });
    const [error] = Object.values(errors);
    if (error !== undefined) throw new Error(error);
    const { schema, docs } = figures;
    return { median: schema, ratios: { 'docs ÷ schema': docs / schema }, medians: { docs } };
  },
};
