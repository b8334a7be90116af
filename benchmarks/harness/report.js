/** The result of one benchmark as the JSON has it. */
export function toResult(id, benchmark, measured, pass) {
  const { median = null, ratios = {}, medians = {}, error, skipped } = measured;
  return {
    id,
    unit: benchmark.unit,
    median,
    ratios,
    target: benchmark.target ?? null,
    verdict: benchmark.target === undefined ? null : verdictOf(pass),
    medians,
    ...(error !== undefined && { error }),
    ...(skipped !== undefined && { skipped }),
  };
}

/** One benchmark for people: everybody's median, and how many times theirs uno-config takes. */
export function describeResult(result, title) {
  const { id, unit, median, ratios, medians, target, verdict, error, skipped } = result;
  const names = [...new Set([...Object.keys(medians), ...Object.keys(ratios)])];
  const rows = names.map((name) => [
    name,
    figure(medians[name], unit),
    ratios[name] === undefined ? '' : times(ratios[name]),
  ]);
  const lines = [['', unit, 'uno-config ÷ it'], ['uno-config', figure(median, unit), ''], ...rows];
  const notes = [
    ...(skipped === undefined ? [] : [`  skipped: ${skipped}`]),
    ...(error === undefined ? [] : [`  not measured: ${error.split('\n')[0]}`]),
    ...(target === null ? [] : [`  target: ${target.text} – ${shownVerdict(verdict)}`]),
  ];
  return [`${id} · ${title}`, ...columns(lines), ...notes, ''].join('\n');
}

/** All benchmarks in one table. */
export function summarise(results) {
  const rows = results.map(({ id, unit, median, verdict }) => [
    id,
    `${figure(median, unit)} ${unit}`,
    verdict === null ? '' : shownVerdict(verdict),
  ]);
  return [...columns([['id', 'median', 'target'], ...rows])].join('\n');
}

function verdictOf(pass) {
  if (pass === null) return 'undecided';
  return pass ? 'met' : 'missed';
}

/** What is missed stands out. */
function shownVerdict(verdict) {
  return verdict === 'missed' ? 'MISSED' : verdict;
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
