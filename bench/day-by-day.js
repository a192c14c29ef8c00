// Loaded into a node before it starts: the clock begins 30 days ago, and each SIGUSR2 is one day more. So a month
// of a node's life, with its epoch keys and its retention, fits into minutes.
const DAY_MS = 86_400_000;

const realNow = Date.now;
let offsetMs = -30 * DAY_MS;
Date.now = () => realNow() + offsetMs;

process.on('SIGUSR2', () => {
  offsetMs += DAY_MS;
});
