// sets a timer while it is loaded, which spins just when that is done
// ends: TIMEOUT or CPU_LIMIT
// policy: {"wallMs": 200}
// at: deploy
// everywhere: yes
setTimeout(() => {
	while (true);
}, 1);
const until = Date.now() + 20;
while (Date.now() < until);
export default () => 1;
