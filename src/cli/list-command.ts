import { formatPath, nearestName } from '../core/index.js';
import type { SectionEntry } from '../runtime/index.js';
import { sectionDeclaration } from '../sections/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { CONFIG_FILE, formats } from './common-options.js';
import { jsonText, paint } from './output-text.js';
import { loadDefinition } from './load-definition.js';
import { UsageError } from './usage-error.js';

export const listCommand: Command = {
  name: 'list',
  summary: 'list the sections, by domain, with their classes',
  words: [],
  options: {
    domain: { type: 'string', value: 'name', description: 'only the sections of this domain' },
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  run: list,
};

async function list(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const { plan } = await loadDefinition(args, io);
  const sections = plan.entries.filter(inDomain(args.text('domain'), plan.entries)).map(listed);
  io.out.write(args.flag('json') ? jsonText(sections) : listText(sections, io));
  return EXIT.ok;
}

function listText(sections: readonly ListedSection[], { out }: CommandIo): string {
  const width = Math.max(...sections.map(({ section }) => section.length));
  const groups = [...new Set(sections.map(({ domain }) => domain))].map((domain) => {
    const lines = sections
      .filter((one) => one.domain === domain)
      .map(({ section, class: target, name, description }) => {
        const use = name === undefined ? '' : ` ("${name}")`;
        return `  ${section.padEnd(width)}  ${target}${use}${description === undefined ? '' : `: ${description}`}\n`;
      });
    return `${paint(out, 'bold', domain ?? 'without a domain')}\n${lines.join('')}`;
  });
  return groups.join('');
}

interface ListedSection {
  readonly section: string;
  readonly class: string;
  readonly name?: string;
  readonly domain?: string;
  readonly description?: string;
}

function listed({ path, target, name, domain }: SectionEntry): ListedSection {
  const description = sectionDeclaration(target)?.description;
  return {
    section: formatPath(path),
    class: target.name,
    ...(name !== undefined && { name }),
    ...(domain !== undefined && { domain }),
    ...(description !== undefined && { description }),
  };
}

/**
 * Tells what is of a domain; of none in particular when it is absent.
 *
 * @throws UsageError when no section is of the domain.
 */
export function inDomain(
  domain: string | undefined,
  entries: readonly SectionEntry[],
): (one: { readonly domain?: string | undefined }) => boolean {
  if (domain === undefined) return () => true;
  const domains = new Set(entries.flatMap((entry) => entry.domain ?? []));
  if (domains.has(domain)) return (one) => one.domain === domain;
  const nearest = nearestName(domain, domains);
  const known = domains.size === 0 ? 'No section has one.' : `The domains are ${[...domains].join(', ')}.`;
  throw new UsageError(
    `There is no domain ${JSON.stringify(domain)}.`,
    nearest === undefined ? known : `Did you mean ${nearest}?`,
  );
}
