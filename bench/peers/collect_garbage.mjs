// Loaded before a peer that runs on Node.js: collects garbage at SIGWINCH (a signal that no peer
// gives another meaning), so that what is measured as its memory is what it holds.
process.on('SIGWINCH', () => globalThis.gc());
