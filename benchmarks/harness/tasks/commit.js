// What happens inside a process that measures the commit of a generation.
import { importBuilt } from '../packages.js';
import { declareOurs } from '../subjects/uno-config.js';
import { FIELDS_PER_SECTION, buildTree } from '../content/sections.js';
import { timeLoops } from '../tight-loop.js';

const CHANGED = 10;

/** Nanoseconds for a commit that changes ten sections, each with a monitor that is listened to. */
export async function timeCommits(sections) {
  const { store, one, other, heard } = await twoGenerations(sections);
  const { commit } = await timeLoops({
    commit: (turns) => {
      for (let turn = 0; turn < turns; turn += 1) store.commit((turn & 1) === 0 ? other : one);
      return heard();
    },
  });
  if (heard() === 0) throw new Error('no monitor was told');
  return commit;
}

/**
 * The same together with what ten participants made: the settings and the resources move in one assignment, and each
 * participant is then told that its resource is in use.
 */
export async function timeCommitWithParticipants(sections) {
  const { store, one, other, heard } = await twoGenerations(sections);
  let committed = 0;
  const cells = [0, 1].map(() =>
    Array.from({ length: CHANGED }, (_, index) => ({
      participant: { name: `participant ${index}` },
      resource: {
        committed: () => {
          committed += 1;
        },
      },
    })),
  );
  const pairs = [one, other].map((generation, index) => ({
    generation,
    resources: new Map(cells[index].map((cell) => [cell.participant, cell])),
    tell: () => {
      for (const { resource } of cells[index]) resource.committed();
    },
  }));
  const times = await timeLoops({
    commit: (turns) => {
      for (let turn = 0; turn < turns; turn += 1) {
        const { generation, resources, tell } = pairs[(turn + 1) & 1];
        store.commit(generation, resources, tell);
      }
      return heard() + committed;
    },
  });
  if (heard() === 0 || committed === 0) throw new Error('somebody was not told');
  return times;
}

/** A store, and two generations that differ in ten sections, each of which has a monitor that is listened to. */
async function twoGenerations(sections) {
  const content = { leaves: sections * FIELDS_PER_SECTION };
  const { classes } = await declareOurs(content);
  const { ConfigStore, createSectionMonitor, loadGeneration } = await importBuilt('runtime/index.js');
  const { createLayer } = await importBuilt('sources.js');
  const tree = buildTree(content);
  let values = tree;
  const load = () => createLayer({ name: 'values', tree: values });
  const options = { sections: classes, sources: [{ load }] };
  const one = await loadGeneration(options);
  const changed = Object.entries(tree).slice(0, CHANGED);
  values = { ...tree, ...Object.fromEntries(changed.map(([name, section]) => [name, { ...section, limit00: 1 }])) };
  const other = await loadGeneration(options, { previous: one });
  const store = new ConfigStore(one);
  let heard = 0;
  for (let index = 0; index < CHANGED; index += 1) {
    createSectionMonitor(store, index).onChange((current) => {
      heard += current.limit00 & 1;
    });
  }
  return { store, one, other, heard: () => heard };
}
