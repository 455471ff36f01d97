// keeps more after every call than the one before
// inputs: [1, 2, 3, 4, 5, 6]
// ends: ok or MEMORY_LIMIT
const kept = [];
export default () => {
	kept.push(new Array(1_000_000).fill(kept.length));
	return 'kept';
};
