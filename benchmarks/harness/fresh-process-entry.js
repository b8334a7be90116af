// The other end of fresh-process.js: runs what it is told, one call at a time, and answers with the result.
process.on('message', async ({ task, name, args }) => {
  try {
    const module = await import(task);
    process.send({ value: await module[name](...args) });
  } catch (error) {
    process.send({ error: error?.stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit());
