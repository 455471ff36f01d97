// answers and leaves an interval that would count on
// inputs: [1, 2]
// ends: ok
// results: [0, 0]
let count = 0;
export default () => {
	setInterval(() => {
		count += 1;
	}, 1);
	return count;
};
