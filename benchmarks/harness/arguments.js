import { parseArgs } from 'node:util';

const OPTIONS = {
  json: { type: 'string' },
  'no-peers': { type: 'boolean' },
  beside: { type: 'string', multiple: true },
  list: { type: 'boolean' },
  help: { type: 'boolean' },
};

export const USAGE = `Usage: npm run bench -- [ids] [options]
  an id          run this benchmark, or those whose id starts with it; all without one
  --json FILE    write the results as JSON
  --no-peers     neither install nor run the other packages; uno-config and the floors only
  --beside NAME  run uno-config and this subject only, such as plain or zod-config; may be repeated
  --list         print the ids and stop`;

/**
 * Reads the command line.
 *
 * @throws TypeError for an option it does not know or a value that is missing.
 */
export function readArguments(argv) {
  const { values, positionals } = parseArgs({ args: argv, options: OPTIONS, strict: true, allowPositionals: true });
  return {
    json: values.json,
    only: positionals,
    peers: values['no-peers'] !== true,
    beside: values.beside,
    list: values.list === true,
    help: values.help === true,
  };
}
