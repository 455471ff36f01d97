// lets JSON answer for it
// inputs: ["in", "again"]
// ends: ok
// results: ["in", "again"]
export default input => {
	JSON.stringify = () => '"forged"';
	JSON.parse = () => 'forged';
	Object.prototype.toJSON = undefined;
	return input;
};
