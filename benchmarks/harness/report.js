/** The result of one benchmark as the JSON has it. */
export function toResult(id, benchmark, measured, pass) {
  const { median = null, ratios = {}, medians = {}, error } = measured;
  return {
    id,
    unit: benchmark.unit,
    median,
    ratios,
    target: benchmark.target ?? null,
    pass,
    medians,
    ...(error !== undefined && { error }),
  };
}

/** One benchmark for people: everybody's median, and how many times theirs uno-config takes. */
export function describeResult(result, title) {
  const { id, unit, median, ratios, medians, target, pass, error } = result;
  const names = [...new Set([...Object.keys(medians), ...Object.keys(ratios)])];
  const rows = names.map((name) => [
    name,
    figure(medians[name], unit),
    ratios[name] === undefined ? '' : times(ratios[name]),
  ]);
  const lines = [['', unit, 'uno-config ÷ it'], ['uno-config', figure(median, unit), ''], ...rows];
  const notes = [
    ...(error === undefined ? [] : [`  not measured: ${error.split('\n')[0]}`]),
    ...(target === null ? [] : [`  target: ${target.text} – ${verdict(pass)}`]),
  ];
  return [`${id} · ${title}`, ...columns(lines), ...notes, ''].join('\n');
}

/** All benchmarks in one table. */
export function summarise(results) {
  const rows = results.map(({ id, unit, median, target, pass }) => [
    id,
    `${figure(median, unit)} ${unit}`,
    target === null ? '' : verdict(pass),
  ]);
  return [...columns([['id', 'median', 'target'], ...rows])].join('\n');
}

function verdict(pass) {
  if (pass === null) return 'undecided';
  return pass ? 'met' : 'MISSED';
}

function times(ratio) {
  return `${ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2)}x`;
}

function figure(value) {
  if (value === null || value === undefined) return '–';
  if (value >= 100) return value.toFixed(0);
  return value >= 1 ? value.toFixed(2) : value.toPrecision(3);
}

function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ')}`.trimEnd(),
  );
}
