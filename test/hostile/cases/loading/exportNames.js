// exports more names than can be told
// ends: BUILD_FAILED or MEMORY_LIMIT
// policy: {"memoryMb": 64}
// at: deploy
const long = 'x'.repeat(100_000);
module.exports = {};
for (let at = 0; at < 20; at++) module.exports[`${long}${at}`] = at;
