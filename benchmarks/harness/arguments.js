import { parseArgs } from 'node:util';

const OPTIONS = {
  json: { type: 'string' },
  only: { type: 'string', multiple: true },
  'no-peers': { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean' },
};

export const USAGE = `Usage: npm run bench -- [options]
  --only ID      run this benchmark, or those whose id starts with it; may be repeated
  --json FILE    write the results as JSON
  --no-peers     neither install nor run the other packages; uno-config and the floors only
  --list         print the ids and stop`;

/**
 * Reads the command line.
 *
 * @throws TypeError for an option it does not know or a value that is missing.
 */
export function readArguments(argv) {
  const { values } = parseArgs({ args: argv, options: OPTIONS, strict: true, allowPositionals: false });
  return {
    json: values.json,
    only: values.only ?? [],
    peers: values['no-peers'] !== true,
    list: values.list === true,
    help: values.help === true,
  };
}
