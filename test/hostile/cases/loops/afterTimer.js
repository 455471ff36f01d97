// never returns once the host has woken it, where no timeout of the call reaches
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default async () => {
	await new Promise(resolve => setTimeout(resolve, 5));
	while (true);
};
