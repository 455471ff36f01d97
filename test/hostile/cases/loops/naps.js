// waits in small steps for ever and uses hardly any CPU
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default async () => {
	for (;;) await new Promise(resolve => setTimeout(resolve, 1));
};
