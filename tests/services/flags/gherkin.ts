/** One line of a scenario, with the table below it. */
export interface Step {
  readonly text: string;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** A scenario, or one example of an outline. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const STEP = /^(?:Given|When|Then|And|But) (.*)$/;

/** The scenarios of a feature file, the steps of its background first; of Gherkin what the suite of OpenFeature uses. */
export function scenariosIn(text: string): readonly Scenario[] {
  const lines = text.split('\n').map((line) => line.trim());
  const blocks: { kind: string; name: string; steps: string[][]; examples: string[][] }[] = [];
  for (const line of lines) {
    const [, kind, name = ''] = /^(Background|Scenario Outline|Scenario|Examples):\s*(.*)$/.exec(line) ?? [];
    const block = blocks.at(-1);
    const step = STEP.exec(line)?.[1];
    if (kind === 'Examples') block?.examples.push([]);
    else if (kind !== undefined) blocks.push({ kind, name, steps: [], examples: [] });
    else if (step !== undefined) block?.steps.push([step]);
    else if (line.startsWith('|')) (block?.examples.at(-1) ?? block?.steps.at(-1))?.push(line);
  }
  const background = blocks.find(({ kind }) => kind === 'Background')?.steps.map(stepOf) ?? [];
  return blocks
    .filter(({ kind }) => kind !== 'Background')
    .flatMap(({ kind, name, steps, examples }) =>
      (kind === 'Scenario' ? [{}] : examples.flatMap(rowsOf)).map((example) => {
        const filled = steps.map((lines) => stepOf(lines.map((line) => fill(line, example))));
        const shown = Object.values(example).join(', ');
        return { name: shown === '' ? name : `${name}: ${shown}`, steps: [...background, ...filled] };
      }),
    );
}

function stepOf([text = '', ...table]: readonly string[]): Step {
  return { text, rows: rowsOf(table) };
}

function rowsOf([head = '', ...lines]: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const keys = cellsOf(head);
  return lines.map((line) => Object.fromEntries(cellsOf(line).map((cell, at) => [keys[at] ?? '', cell])));
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function fill(line: string, example: Readonly<Record<string, string>>): string {
  return line.replaceAll(/<([^<>]+)>/g, (whole, key: string) => example[key] ?? whole);
}
