// lets an interval of its module spin just when a call has ended
// inputs: [1, 2]
// ends: ok
// results: [1, 2]
// everywhere: yes
let armed = false;
setInterval(() => {
	while (armed);
}, 1);
export default input => {
	const until = Date.now() + 8;
	while (Date.now() < until);
	armed = true;
	return input;
};
