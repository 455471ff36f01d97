// takes over how promises go on
// inputs: ["in", "again"]
// ends: ok
// results: ["in", "again"]
export default async input => {
	Promise.prototype.then = () => {
		throw new Error('taken');
	};
	Promise.resolve = () => 'taken';
	return input;
};
