// fills the memory while it is loaded
// ends: MEMORY_LIMIT
// at: deploy
const kept = [];
while (true) kept.push(new Array(1000).fill(kept.length));
export default () => 1;
